"""A region app that only the rollout's tests install."""
