//! Durations as they are written in options: `"30s"`, `"1h30m"`.

use syn::LitStr;

const UNITS: [(&str, u64); 5] = [
    ("ms", 1),
    ("s", 1_000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

/// The literal's duration in milliseconds.
pub(crate) fn parse(literal: &LitStr) -> syn::Result<u64> {
    millis(&literal.value()).ok_or_else(|| {
        syn::Error::new(
            literal.span(),
            "a duration is written like \"500ms\", \"30s\", \"5m\", \"1h30m\" or \"7d\"",
        )
    })
}

fn millis(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut sum = 0u64;
    while !rest.is_empty() {
        let (number, after) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let unit_len = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_len);
        let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
        sum = sum.checked_add(number.parse::<u64>().ok()?.checked_mul(*factor)?)?;
        rest = after;
    }
    (sum > 0).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::millis;

    #[test]
    fn durations_and_what_is_none() {
        let cases = [
            ("500ms", 500),
            ("30s", 30_000),
            ("1h30m", 5_400_000),
            ("7d", 604_800_000),
        ];
        for (text, expected) in cases {
            assert_eq!(millis(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "30",
            "s",
            "30 s",
            "-1s",
            "1.5s",
            "0s",
            "30sec",
            "99999999999999999999s",
        ] {
            assert_eq!(millis(text), None, "{text}");
        }
    }
}
