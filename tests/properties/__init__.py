"""What holds for every program: determinism, monotonicity, soundness, and that nothing analysed runs."""
