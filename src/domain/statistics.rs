//! How sure a share is, and how sure it is that two differ.

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

/// A share: so many of so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// The counted ones.
    pub part: u64,
    /// All.
    pub total: u64,
}

/// Of fewer than so many, a share says too little to be compared.
pub const COMPARED_MIN: u64 = 30;

/// How likely two shares differ as much as these, or more, by chance alone.
///
/// The two-sided p-value of the two-proportion z-test with pooled variance. `None` when one is of fewer than
/// [`COMPARED_MIN`].
pub fn p_value(left: Share, right: Share) -> Option<f64> {
    if left.total.min(right.total) < COMPARED_MIN {
        return None;
    }
    let (n, m) = (left.total as f64, right.total as f64);
    let pooled = (left.part + right.part) as f64 / (n + m);
    let error = (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt();
    if error == 0.0 {
        // All or none on both sides.
        return Some(1.0);
    }
    let z = (left.part as f64 / n - right.part as f64 / m) / error;
    Some(complementary_error(z.abs() / std::f64::consts::SQRT_2).min(1.0))
}

/// The complementary error function of a number that is not negative, to seven digits (Press et al., Numerical Recipes,
/// 2nd edition, section 6.2).
fn complementary_error(x: f64) -> f64 {
    const COEFFICIENTS: [f64; 10] = [
        0.170_872_77,
        -0.822_152_23,
        1.488_515_87,
        -1.135_203_98,
        0.278_868_07,
        -0.186_288_06,
        0.096_784_18,
        0.374_091_96,
        1.000_023_68,
        -1.265_512_23,
    ];
    let t = 1.0 / (1.0 + 0.5 * x);
    let sum = COEFFICIENTS.iter().fold(0.0, |sum, coefficient| sum * t + coefficient);
    t * (sum - x * x).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_shares_differ_by_more_than_chance_or_not() {
        let share = |part, total| Share { part, total };
        let check = |left, right, expected: f64| {
            let found = p_value(left, right).unwrap();
            assert!((found - expected).abs() < 1e-6, "{found}");
            assert_eq!(p_value(right, left), Some(found), "whichever comes first");
        };
        // By the normal distribution's table: z = 1.1215, 2.2646, 0 and 15.4919
        check(share(30, 100), share(23, 100), 0.262_056);
        check(share(40, 100), share(25, 100), 0.023_540);
        check(share(10, 100), share(20, 200), 1.0);
        check(share(0, 120), share(120, 120), 0.0);
        check(share(0, 50), share(0, 50), 1.0);
        check(share(50, 50), share(50, 50), 1.0);
        assert_eq!(p_value(share(10, 29), share(10, 1_000)), None);
        assert_eq!(p_value(share(10, 1_000), share(10, 29)), None);
        assert!(p_value(share(10, 30), share(10, 30)).is_some());
    }

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
