//! Least squares: which weights explain sums.

/// Sums of equations `row * weights = value`, of which there are more than weights.
pub struct Equations<const N: usize> {
    /// The normal equations: products of columns, and of columns with values.
    products: Vec<[f64; N]>,
    values: [f64; N],
}

impl<const N: usize> Equations<N> {
    pub fn new() -> Self {
        Self {
            products: vec![[0.0; N]; N],
            values: [0.0; N],
        }
    }

    pub fn add(&mut self, row: &[f64; N], value: f64) {
        for (i, &factor) in row.iter().enumerate() {
            if factor != 0.0 {
                self.values[i] += factor * value;
                for (product, other) in self.products[i].iter_mut().zip(row) {
                    *product += factor * other;
                }
            }
        }
    }

    /// The weights with the least squares of errors; 0 for what no equation has.
    pub fn solve(mut self) -> [f64; N] {
        for pivot in 0..N {
            // The matrix has no negative eigenvalue: its diagonal is a good pivot, where there is one.
            if self.products[pivot][pivot] < 1e-6 {
                continue;
            }
            for row in (0..N).filter(|&row| row != pivot) {
                let factor = self.products[row][pivot] / self.products[pivot][pivot];
                let from = self.products[pivot];
                for (to, from) in self.products[row].iter_mut().zip(from) {
                    *to -= factor * from;
                }
                self.values[row] -= factor * self.values[pivot];
            }
        }
        std::array::from_fn(|i| {
            let diagonal = self.products[i][i];
            if diagonal < 1e-6 {
                0.0
            } else {
                self.values[i] / diagonal
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_found_again() {
        let weights = [3.0, -2.0, 0.0, 0.5];
        let mut equations = Equations::new();
        for i in 0..20 {
            // Nothing is known of the third one.
            let row = [1.0, f64::from(i), 0.0, f64::from(i * i % 7)];
            let value = row.iter().zip(weights).map(|(a, b)| a * b).sum();
            equations.add(&row, value);
        }
        for (found, weight) in equations.solve().iter().zip(weights) {
            assert!((found - weight).abs() < 1e-9, "{found} {weight}");
        }
    }
}
