//! The order of numbers, made in one place: each sorting of its own weighs a kilobyte in a browser.

use alloc::vec::Vec;

/// The places of the numbers from the smallest up; equal ones stay in their order.
#[must_use]
pub fn ranks(numbers: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_by(|a, b| numbers[*a].total_cmp(&numbers[*b]));
    order
}
