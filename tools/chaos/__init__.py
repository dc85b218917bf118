"""`make chaos`: runs stacks under faults and kills, then compares the cloud with the state.

Nothing may be lost or made twice, whatever happens: `trial` runs one stack in this process, on driven time,
under an engine of ours; `real` one on the real engine in child processes. docs/reliability.md is made of it.
"""
