"""The assist systems of the source documents, built from the course's algorithms."""
