"""Benchmarks on real Slurms: the measurements of docs/performance.md.

``make bench`` runs ``python -m bench``; ``--quick`` is a short form for CI.
"""
