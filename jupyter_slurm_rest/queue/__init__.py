"""How a cluster's queue is read: strategies, a watcher for each cluster, and pages."""
