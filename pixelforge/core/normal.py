"""Standard normal numbers from a seed, the same to the bit on every machine, made without torch.

They are those of torch's CPU generator where it has AVX2, as seeds have meant them since version 0.1. There torch draws
them by the 32-bit Mersenne Twister and Box & Muller 1958, with the logarithm, sine and cosine of Cephes (S. Moshier:
logf, sinf, cosf) in float32, some of whose products its compiler joined with the sum that follows. On other processors
torch rounds otherwise, by up to 2e-6; these numbers do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

MAX_SEED = 2**32 - 1  # a generator takes no more bits of a seed than 32
BLOCK = 16  # numbers that are made together: the cosines of 8 pairs, then their sines
BITS = 24  # of a uniform number, as many as a float32 tells apart


def _constants(*values: float) -> list[np.float32]:
    return [np.float32(value) for value in values]


LOG = _constants(
    7.0376836292e-2,
    -1.1514610310e-1,
    1.1676998740e-1,
    -1.2420140846e-1,
    1.4249322787e-1,
    -1.6668057665e-1,
    2.0000714765e-1,
    -2.4999993993e-1,
    3.3333331174e-1,
)
LN_2 = _constants(-2.12194440e-4, 0.693359375)  # in two parts, which add up to it
SINE = _constants(-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
COSINE = _constants(2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
QUARTER_PI = _constants(0.78515625, 2.4187564849853515625e-4, 3.77489497744594108e-8)  # in three parts


def normals(generators: Sequence[np.random.RandomState], count: int) -> Floats:
    """(B, count): the next numbers of every generator, count 16 or more (torch draws fewer in another way)."""
    assert count >= BLOCK
    numbers = _uniforms(generators, count)
    whole = count // BLOCK * BLOCK
    numbers[:, :whole] = _box_muller(numbers[:, :whole])
    if whole < count:  # a block of its own at the end, over a part of the one before
        numbers[:, -BLOCK:] = _box_muller(_uniforms(generators, BLOCK))
    return numbers


def _uniforms(generators: Sequence[np.random.RandomState], count: int) -> Floats:
    """(B, count) in [0, 1): the low bits of a generator's next numbers."""
    drawn = np.stack([generator.randint(0, 2**32, count, np.uint32) for generator in generators])
    return (drawn & np.uint32(2**BITS - 1)).astype(np.float32) * np.float32(2**-BITS)


def _box_muller(uniforms: Floats) -> Floats:
    """sqrt(-2 log u) cos(2 pi v) and sqrt(-2 log u) sin(2 pi v) of the halves of each block; Box & Muller 1958."""
    pairs = uniforms.reshape(len(uniforms), -1, 2, BLOCK // 2)
    radius = np.sqrt(np.float32(-2) * _log(1 - pairs[:, :, 0]))
    sine, cosine = _sine_and_cosine(np.float32(2 * np.pi) * pairs[:, :, 1])
    made = np.stack([radius * cosine, radius * sine], axis=2)
    return (made + np.float32(0)).reshape(uniforms.shape)  # + 0: there is no -0 among them


def _log(x: Floats) -> Floats:
    """The logarithm of numbers in (0, 1]: log(2^e m) = e log 2 + log m, m from sqrt(1/2) to sqrt(2)."""
    mantissa, exponent = np.frexp(x)
    low = mantissa < np.float32(0.5**0.5)
    m = np.where(low, mantissa + mantissa, mantissa) - np.float32(1)
    e = (exponent - low).astype(np.float32)
    square = m * m
    y = _fused(_polynomial(LOG, m) * m, square, e * LN_2[0])
    y = y - np.float32(0.5) * square
    return _fused(e, LN_2[1], m + y)


def _sine_and_cosine(angle: Floats) -> tuple[Floats, Floats]:
    """Sine and cosine of angles from 0 to 2 pi, by the distance from the nearest quarter of the circle."""
    quarter = ((angle * np.float32(4 / np.pi)).astype(np.int32) + 1) // 2
    x = angle
    for part in QUARTER_PI:
        x = _fused((2 * quarter).astype(np.float32), -part, x)
    square = x * x
    cosine = _fused(_polynomial(COSINE, square) * square, square, np.float32(-0.5) * square) + np.float32(1)
    sine = _fused(_polynomial(SINE, square) * square, x, x)
    odd = quarter % 2 == 1
    s, c = np.where(odd, cosine, sine), np.where(odd, sine, cosine)
    return np.where((quarter == 2) | (quarter == 3), -s, s), np.where((quarter == 1) | (quarter == 2), -c, c)


def _polynomial(coefficients: Sequence[np.float32], x: Floats) -> Floats:
    """The value by Horner's rule, the coefficient of the highest power first."""
    y: Any = coefficients[0]
    for coefficient in coefficients[1:]:
        y = _fused(x, y, coefficient)
    return y  # type: ignore[no-any-return]


def _fused(a: Floats, b: Floats | np.float32, c: Floats | np.float32) -> Floats:
    """a b + c rounded once: a product of float32 is exact in float64, and their sum but for one in 2**29."""
    product = np.multiply(a, b, dtype=np.float64)
    product += c
    return product.astype(np.float32)
