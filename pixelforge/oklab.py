"""OKLab, in which distances are about those that the eye sees. Ottosson 2020, "A perceptual color space".

The transfer function of sRGB is that of IEC 61966-2-1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
FROM_LMS, FROM_LAB = np.linalg.inv(TO_LMS), np.linalg.inv(TO_LAB)


def to_oklab(colours: NDArray[np.uint8]) -> Floats:
    """sRGB (…, 3) from 0 to 255 to OKLab (…, 3): L from 0 to 1, a, b."""
    srgb = np.asarray(colours, np.float64) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    lab: Floats = np.cbrt(linear @ TO_LMS.T) @ TO_LAB.T
    return lab


def from_oklab(lab: Floats) -> NDArray[np.uint8]:
    """OKLab (…, 3) to the sRGB (…, 3) that is nearest, each channel cut off where there is no such colour."""
    linear = ((lab @ FROM_LAB.T) ** 3 @ FROM_LMS.T).clip(0, 1)
    srgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    rounded: NDArray[np.uint8] = np.rint(255 * srgb).astype(np.uint8)
    return rounded
