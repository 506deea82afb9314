//! Areas under smooth functions.

/// Gauss & Legendre's eight points, the positive half: where they lie on -1 to 1, and what they weigh.
const POINTS: [[f64; 2]; 4] = [
    [0.183_434_642_495_649_8, 0.362_683_783_378_362],
    [0.525_532_409_916_329, 0.313_706_645_877_887_3],
    [0.796_666_477_413_626_7, 0.222_381_034_453_374_48],
    [0.960_289_856_497_536_3, 0.101_228_536_290_376_26],
];

/// The area of `f` from `low` to `high`, by eight points in each of so many pieces.
pub fn legendre([low, high]: [f64; 2], pieces: u32, f: impl Fn(f64) -> f64) -> f64 {
    let half = 0.5 * (high - low) / f64::from(pieces);
    let piece = |index: u32| {
        let middle = low + half * f64::from(2 * index + 1);
        POINTS.iter().map(|[at, weight]| weight * (f(middle - at * half) + f(middle + at * half))).sum::<f64>()
    };
    half * (0..pieces).map(piece).sum::<f64>()
}

/// The same points with their weights, for sums that are used again.
pub fn points([low, high]: [f64; 2], pieces: u32) -> impl Iterator<Item = [f64; 2]> {
    let half = 0.5 * (high - low) / f64::from(pieces);
    (0..pieces).flat_map(move |index| {
        let middle = low + half * f64::from(2 * index + 1);
        POINTS
            .into_iter()
            .flat_map(move |[at, weight]| [[middle - at * half, weight * half], [middle + at * half, weight * half]])
    })
}

#[cfg(test)]
mod tests {
    use super::legendre;

    #[test]
    fn the_area_of_a_bell_is_one() {
        let area = legendre([-9.0, 9.0], 16, crate::stats::special::normal::density);
        assert!((area - 1.0).abs() < 1e-14, "{area}");
    }
}
