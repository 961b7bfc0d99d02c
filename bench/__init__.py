"""Benchmarks on real Slurms: what the promises of docs/performance.md cost, measured.

``make bench`` runs ``python -m bench``; ``--quick`` is a short form for CI.
"""
