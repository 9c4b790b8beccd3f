"""Measures that contain an incident in one region: catalogue, imposing and lifting, two operators."""
