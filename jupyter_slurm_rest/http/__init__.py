"""What the server extension and the hub service have in common over HTTP."""
