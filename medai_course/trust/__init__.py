"""What a model may be trusted with: what it looks at."""
