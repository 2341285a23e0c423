"""Typical wrong answers to each exercise, and what the student must then be told."""
