//! Small systems of equations with a symmetric, positive matrix, as covariates make them.

use alloc::vec;
use alloc::vec::Vec;

/// Solves `matrix · x = right` for a symmetric matrix of `right.len()` rows, row by row. Nothing where the matrix is
/// not positive: a covariate that never varies, or that others already tell.
#[must_use]
pub fn solve(matrix: &[f64], right: &[f64]) -> Option<Vec<f64>> {
    let n = right.len();
    let mut lower = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| lower[i * n + k] * lower[j * n + k]).sum();
            let rest = matrix.get(i * n + j)? - known;
            if i == j {
                // What is left of a variance that others explain but for rounding is no variance.
                if rest.is_nan() || rest <= 1e-13 * matrix[i * n + i] {
                    return None;
                }
                lower[i * n + i] = libm::sqrt(rest);
            } else {
                lower[i * n + j] = rest / lower[j * n + j];
            }
        }
    }
    let mut x = right.to_vec();
    for i in 0..n {
        let known: f64 = (0..i).map(|k| lower[i * n + k] * x[k]).sum();
        x[i] = (x[i] - known) / lower[i * n + i];
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|k| lower[k * n + i] * x[k]).sum();
        x[i] = (x[i] - known) / lower[i * n + i];
    }
    Some(x)
}

#[cfg(test)]
mod tests {
    use super::solve;

    #[test]
    fn a_system_is_solved_and_a_useless_covariate_is_refused() {
        let x = solve(&[4.0, 2.0, 2.0, 3.0], &[10.0, 9.0]).unwrap();
        assert!((x[0] - 1.5).abs() < 1e-14 && (x[1] - 2.0).abs() < 1e-14, "{x:?}");
        assert_eq!(solve(&[1.0, 1.0, 1.0, 1.0], &[1.0, 1.0]), None);
        assert_eq!(solve(&[0.0], &[1.0]), None);
    }
}
