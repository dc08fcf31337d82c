"""The bounds of the analysis: every one is named, counts steps and never time, and is reported when it is hit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much the analysis may distinguish before it merges."""

    contexts_per_function: int = 64  # exact activations of one function; more are merged
    steps_per_function: int = 6_000  # attributes and calls looked up in one function; then new contexts are merged
    merged_contexts_per_function: int = 200  # activations that keep receiver and strings; more become one
    product: int = 24  # activations that one call may open by the cartesian product of its arguments
    constants_per_set: int = 64
    constants_per_content: int = 600
    unrolled_items: int = 200  # of a loop over items that are known
    loop_rounds: int = 12  # of a loop until its variables stop growing; then they are widened
    tuple_depth: int = 3  # of tuples in tuples
    tuple_items: int = 64
    display_variants: int = 16  # lists of one display in a function, told apart by the callables they hold
    class_chain: int = 4  # classes of one class statement or call of type() that derive from each other
    partial_depth: int = 2
    call_chain: int = 32  # calls through objects, partials and C functions without Python code between them
    string_length: int = 4096
    string_product: int = 64  # strings that one formatting may make
    call_depth: int = 260  # nested eager evaluations; deeper calls wait in the queue
    activations: int = 120_000  # all together; what is called after that is merged
    evaluations: int = 600_000  # all together; past it the analysis stops where it is
    steps: int = 2_000_000  # attributes and calls looked up, all together; past it the analysis stops where it is
    tuple_product: int = 16  # tuples that one concatenation may make
