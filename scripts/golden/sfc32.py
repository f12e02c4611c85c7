# /// script
# requires-python = ">=3.11"
# ///
"""Expected values of packages/core/src/random.ts: sfc32 (C. Doty-Humphrey, PractRand 0.95) on Python integers.

    python3 scripts/golden/sfc32.py > packages/core/test/fixtures/sfc32.json
"""
import json

MASK = 0xFFFFFFFF


def mixed(text, basis):
    """FNV-1a, then the finish of MurmurHash3."""
    h = basis
    for byte in text.encode("ascii"):
        h = ((h ^ byte) * 0x01000193) & MASK
    h = ((h ^ (h >> 16)) * 0x85EBCA6B) & MASK
    h = ((h ^ (h >> 13)) * 0xC2B2AE35) & MASK
    return h ^ (h >> 16)


def sfc32(a, b, c, counter):
    while True:
        out = (a + b + counter) & MASK
        counter = (counter + 1) & MASK
        a, b, c = b ^ (b >> 9), (c + (c << 3)) & MASK, (((c << 21) | (c >> 11)) + out) & MASK
        yield out


def take(stream, count):
    return [next(stream) for _ in range(count)]


def seeded(label):
    stream = sfc32(*(mixed(label, basis) for basis in (0x9E3779B9, 0x243F6A88, 0xB7E15162)), 1)
    take(stream, 12)
    return stream


print(
    json.dumps(
        {
            "states": [{"state": state, "outputs": take(sfc32(*state), 16)} for state in ([0, 0, 0, 1], [1, 2, 3, 4], [MASK, 0x80000000, 0x7FFFFFFF, MASK])],
            "seeds": [{"seed": seed, "outputs": take(seeded(str(seed)), 16)} for seed in (0, 1, 2, -1, 12345678901, "phantom")],
        }
    )
)
