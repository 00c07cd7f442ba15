//! How sure a share is.

/// The two-sided 95 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// The 95 % interval of a share by E. B. Wilson (1927), from 0 to 1; `None` when `total` is 0.
pub fn wilson(part: u64, total: u64) -> Option<(f64, f64)> {
    if total == 0 {
        return None;
    }
    let (n, share) = (total as f64, part as f64 / total as f64);
    let spread = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let (middle, scale) = (share + Z * Z / (2.0 * n), 1.0 + Z * Z / n);
    // At the ends of the scale the formula gives the end itself, but for rounding.
    let low = if part == 0 { 0.0 } else { (middle - spread) / scale };
    let high = if part == total { 1.0 } else { (middle + spread) / scale };
    Some((low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_holds_the_share_and_stays_inside_the_scale() {
        assert_eq!(wilson(0, 0), None);
        let (low, high) = wilson(10, 100).unwrap();
        assert!((low - 0.0552).abs() < 1e-4 && (high - 0.1744).abs() < 1e-4, "{low} {high}");
        let (low, high) = wilson(0, 10).unwrap();
        assert_eq!(low, 0.0);
        assert!((high - 0.2775).abs() < 1e-4, "{high}");
        let (low, high) = wilson(10, 10).unwrap();
        assert!((low - 0.7225).abs() < 1e-4 && high == 1.0, "{low} {high}");
    }
}
