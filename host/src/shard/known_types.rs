//! What a refusal says of the workflow types that there are.

use std::fmt;

/// Names in a message. A namespace may have thousands; whoever mistyped one looks for it among a few.
const SHOWN_MAX: usize = 20;

/// The workflow types of a namespace, shown as advice: the first by name, and how many more there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownTypes {
    shown: Vec<String>,
    more: usize,
}

impl<S: Into<String>> FromIterator<S> for KnownTypes {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Self {
        let mut shown: Vec<String> = names.into_iter().map(Into::into).collect();
        shown.sort();
        shown.dedup();
        let more = shown.len().saturating_sub(SHOWN_MAX);
        shown.truncate(SHOWN_MAX);
        Self { shown, more }
    }
}

impl fmt::Display for KnownTypes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.shown.join(", ").as_str(), self.more) {
            ("", _) => f.write_str("push one with `mainspring module push MODULE.wasm`"),
            (names, 0) => write!(f, "it has {names}"),
            (names, more) => write!(
                f,
                "it has {names} and {more} more; `mainspring module list` shows the modules, `mainspring module show MODULE` \
                 the types of one"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_types_are_named_and_many_are_counted() {
        let known = |names: &[String]| names.iter().cloned().collect::<KnownTypes>().to_string();
        assert_eq!(known(&[]), "push one with `mainspring module push MODULE.wasm`");
        let two = ["order", "approval"].map(str::to_owned);
        assert_eq!(known(&two), "it has approval, order");
        let many: Vec<_> = (0..1_000).map(|number| format!("type-{number:03}")).collect();
        let said = known(&many);
        assert!(
            said.starts_with("it has type-000, ") && said.contains("type-019 and 980 more"),
            "{said}"
        );
    }
}
