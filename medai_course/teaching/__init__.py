"""What notebooks need: figure style, parity tables, quick questions, class notebooks, grades."""
