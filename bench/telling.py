"""One run by itself: its speed, its waiting, and where its CPU went."""

from bench.flow import Run


def tell_run(run: Run) -> None:
    print(f"\n{run.a_second:,.0f} readings/s: {run.readings:,} in {run.seconds:.1f} s")
    print(f"accepted in ms       {_spread(run.seen.latency_ms)}")
    print(f"scored in ms         {_spread(run.scored_ms)}")
    print(f"waiting, readings    {' '.join(str(waiting) for _, waiting in run.backlog[::4])}")
    print("CPU, µs a reading")
    for name, spent in sorted(run.cpu_us.items(), key=lambda item: -item[1]):
        print(f"  {name:24} {spent:8.1f}")
    print(f"  {'together':24} {sum(run.cpu_us.values()):8.1f}")


def _spread(figures: dict[str, float]) -> str:
    return "  ".join(f"{name} {value:,.1f}" for name, value in figures.items())
