"""Counters for Prometheus: no names and no tokens in any label."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest


class Metrics:
    """The service's own registry."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "slurm_token_requests",
            "Requests for a Slurm token by cluster and outcome (issued, or why not).",
            ["cluster", "outcome"],
            registry=self._registry,
        )
        self.shared = Counter(
            "slurm_shared_requests",
            "Requests for what is shared by cluster and outcome (sent, unchanged, or why not).",
            ["cluster", "outcome"],
            registry=self._registry,
        )
        self.hub_seconds = Histogram(
            "slurm_token_hub_seconds",
            "How long the hub took to identify a caller.",
            registry=self._registry,
        )

    def render(self) -> bytes:
        """Return the text format."""
        return generate_latest(self._registry)
