"""What Prometheus is told of the batch jobs, and of the candles that they make."""
