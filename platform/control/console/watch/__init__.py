"""The operators' pages of the monitoring: alerts, events, detections."""
