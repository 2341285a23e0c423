"""The same classes as ``medai_course.scratch``, with their mathematics written in PyTorch."""
