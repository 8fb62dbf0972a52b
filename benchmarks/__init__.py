"""What the checker costs beside what else could do its work; python -m benchmarks.run measures it."""
