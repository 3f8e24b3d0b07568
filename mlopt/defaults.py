"""Every default of a search, with its reason. Imports core only."""

from typing import Final

from mlopt.core.budget import Budget

# Two minutes of search is what a user waits for without a second terminal; the
# trials bound what a fast machine would otherwise spend on hopeless candidates.
BUDGET: Final = Budget(trials=400, seconds=110.0)
STRATEGY: Final = "evolution"
SEED: Final = 0

# One batch keeps two compile workers busy for about three seconds and still lets a
# strategy learn a dozen times within a hundred trials.
BATCH_TRIALS: Final = 8

# Inputs of two seeds: one set could hide a candidate that ignores part of its input.
NUM_INPUT_SEEDS: Final = 2

# Screening: 3 rounds of 3 pairs separate candidates that differ by a few percent; the
# winner is measured again anyway.
SCREEN_ROUNDS: Final = 3
SCREEN_PAIRS: Final = 3

# Confirmation of a winner against candidate 0, from scratch.
CONFIRM_ROUNDS: Final = 5
CONFIRM_PAIRS: Final = 5

# How many of a workload's best meet in turns: the best of many noisy measurements is
# biased upward, so a runner-up often wins the second time. A fifth of a second each.
NUM_FINALISTS: Final = 8
# Their turns: 30 paired samples of 5 ms tell kernels apart that differ by 2%.
FINALIST_TURNS: Final = 30
# How many of them, from the fastest on, may try to beat candidate 0 for the record.
NUM_CONFIRMED: Final = 2

# Rivals of a winner, for the program to settle on: of each other distribution over
# workgroups the best, if alone it has this part of the best's speed. Where 8% were
# gained by settling, the rival had 98%; a wider margin allows for short measurements.
NUM_RIVALS: Final = 3
RIVAL_PART: Final = 0.85
# Each costs a compilation of the whole program: for so long, and so many at most.
SETTLE_S: Final = 20.0
MOST_SWAPS: Final = 12

# Turns of the final comparison of whole programs: 40 paired samples bring the 95%
# interval of a ratio to about 2% on a machine whose clock drifts by 40%.
FINAL_TURNS: Final = 40
# Turns of a comparison that only has to choose, not to claim.
CHOICE_TURNS: Final = 15

# Peaks of memory within this ratio count as equal: alignment alone moves them so far.
MEMORY_TIE: Final = 1.01

# A gain below this is lost in the final comparison and not worth a schedule.
MIN_GAIN: Final = 1.01

# A kernel that no space is offered for is named in the report from this share of the
# program's time on: below it, even twice the speed would be lost in the comparison.
NOTED_SHARE: Final = 0.05

# A candidate that compiles for longer than this would not be worth running.
COMPILE_TIMEOUT_S: Final = 30.0
# A whole program takes as long as its size says; this only stops endless loops.
PROGRAM_COMPILE_TIMEOUT_S: Final = 600.0
# IREE 3.13 now and then deadlocks where several kernels have schedules (once in 900
# compilations of six small ones, three at a time on two cores) or are refused at once.
# Its threads then use no CPU time; a compiler at work always does.
COMPILE_PATIENCE_S: Final = 10.0
# Another option set of the same program gets this many times as long as the default one
# took, but no less than so many seconds: data tiling may take far longer.
OPTION_SET_TIMEOUT_FACTOR: Final = 10.0
OPTION_SET_TIMEOUT_S: Final = 60.0
# Compilers of one kernel use 300 MB; ten times that is a candidate gone wrong.
COMPILE_MEMORY_BYTES: Final = 4 << 30
# A program's module is 0.1 to 100 MB, most of it constants: this keeps the last dozens.
ARTIFACT_CACHE_BYTES: Final = 2 << 30

# One pipeline of `mlopt-opt`; as above, this only stops what hangs.
OPT_TIMEOUT_S: Final = 600.0

# Products that an int8 licence leaves in float32. Rounding an operand costs a pass over
# it, which a short sum does not earn back; so does starting the kernel for it, a
# microsecond, in which float32 does this many multiplications.
INT8_SHORTEST_SUM: Final = 32
INT8_SMALLEST_PRODUCT: Final = 1 << 16
# 255 * 127 * 65536 still fits 32 bits.
INT8_LONGEST_SUM: Final = 1 << 16
