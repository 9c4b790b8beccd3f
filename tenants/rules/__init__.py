"""Rule sets: dated trees of typed nodes with clauses, published by two people."""
