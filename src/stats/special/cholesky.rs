//! Small systems of equations with a symmetric, positive matrix, as covariates make them.

use alloc::vec::Vec;

/// Solves `matrix · x = right` for a symmetric matrix of `right.len()` rows, row by row, in its own place. Nothing where the
/// matrix is not positive: a covariate that never varies, or that others already tell.
#[must_use]
pub fn solve(mut matrix: Vec<f64>, right: Vec<f64>) -> Option<Vec<f64>> {
    let n = right.len();
    // From here on the lower triangle of the matrix is that of its root, as far as it has come.
    for i in 0..n {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| matrix[i * n + k] * matrix[j * n + k]).sum();
            let whole = *matrix.get(i * n + j)?;
            let rest = whole - known;
            if i == j {
                // What is left of a variance that others explain but for rounding is no variance.
                if rest.is_nan() || rest <= 1e-13 * whole {
                    return None;
                }
                matrix[i * n + i] = libm::sqrt(rest);
            } else {
                matrix[i * n + j] = rest / matrix[j * n + j];
            }
        }
    }
    let mut x = right;
    for i in 0..n {
        let known: f64 = (0..i).map(|k| matrix[i * n + k] * x[k]).sum();
        x[i] = (x[i] - known) / matrix[i * n + i];
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|k| matrix[k * n + i] * x[k]).sum();
        x[i] = (x[i] - known) / matrix[i * n + i];
    }
    Some(x)
}

#[cfg(test)]
mod tests {
    use super::solve;
    use alloc::vec;

    #[test]
    fn a_system_is_solved_and_a_useless_covariate_is_refused() {
        let x = solve(vec![4.0, 2.0, 2.0, 3.0], vec![10.0, 9.0]).unwrap();
        assert!((x[0] - 1.5).abs() < 1e-14 && (x[1] - 2.0).abs() < 1e-14, "{x:?}");
        assert_eq!(solve(vec![1.0; 4], vec![1.0; 2]), None);
        assert_eq!(solve(vec![0.0], vec![1.0]), None);
    }
}
