"""The append-only log: entries, tree, checkpoints, proofs, export."""
