"""Every algorithm of the course in NumPy: ``from medai_course.scratch.linear import ...``."""
