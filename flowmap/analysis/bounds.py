"""The bounds of the analysis: every one is named, counts steps and never time, and is reported when it is hit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much the analysis may distinguish before it merges."""

    contexts_per_function: int = 32  # exact activations of one function; more are merged
    classes_per_function: int = 500  # exact activations of one function of a metaclass
    steps_per_function: int = 1_000  # attributes and calls looked up in one function; then new contexts are merged
    steps_per_context: int = 20  # that are not counted there: a function is not costly for having many cheap contexts
    merged_contexts_per_function: int = 2_000  # activations that keep receiver and strings; more become one
    numbers_per_parameter: int = 8  # that contexts tell apart; more are any number
    product: int = 3  # activations that one call may open by the cartesian product of its arguments
    constants_per_set: int = 16
    constants_per_content: int = 600
    objects_per_set: int = 8  # of one class; more are one crowd
    values_per_set: int = 128  # after that; more are anything
    kinds_per_set: int = 4  # unrelated classes of values; where more meet anything may
    unrelated_values: int = 6  # of so few values nobody asks whether they are related
    objects_per_content: int = 128  # as objects_per_set, in a container
    unrolled_items: int = 200  # of a loop over items that are known
    unrolled_rounds: int = 2_000  # of such loops in each other
    peeled_rounds: int = 12  # of a loop that makes one known text of another in each
    loop_rounds: int = 12  # of a loop until its variables stop growing; then they are widened
    tuple_depth: int = 3  # of tuples in tuples
    tuple_items: int = 64
    variants_per_site: int = 16  # objects that one line of a function makes, told apart by the callables it is handed
    owners: int = 4  # objects made in each other's constructors that are told apart by whose they are
    class_chain: int = 4  # classes of one class statement or call of type() that derive from each other
    partial_depth: int = 2
    call_chain: int = 32  # calls through objects, partials and C functions without Python code between them
    string_length: int = 4096
    string_product: int = 64  # strings that one formatting may make
    call_depth: int = 260  # nested eager evaluations; deeper calls wait in the queue
    activations: int = 120_000  # all together; what is called after that is merged
    evaluations: int = 600_000  # all together; past it the analysis stops where it is
    steps: int = 12_000_000  # attributes and calls looked up, all together; past it the analysis stops where it is
    attribute_pairs: int = 32  # of objects and names that one getattr or setattr may look up
    operand_pairs: int = 64  # that one operator may combine one by one; more are combined by kind
    compared_pairs: int = 512  # of values that one comparison may tell apart
    texts_of_items: int = 4  # values of a set of which each is written with all its items; more give any text
    text_depth: int = 5  # of containers in containers, in a text
    tuple_product: int = 16  # tuples that one concatenation may make
