//! What things are called outside of Rust.

use proc_macro2::Span;
use syn::{Ident, LitStr};

/// How the names of Rust are changed, unless one is given.
#[derive(Clone, Copy, Default)]
pub(crate) enum RenameAll {
    #[default]
    AsWritten,
    CamelCase,
    PascalCase,
}

impl RenameAll {
    pub(crate) fn parse(literal: &LitStr) -> syn::Result<Self> {
        match literal.value().as_str() {
            "camelCase" => Ok(Self::CamelCase),
            "PascalCase" => Ok(Self::PascalCase),
            _ => Err(syn::Error::new(
                literal.span(),
                "`rename_all` is \"camelCase\" or \"PascalCase\"",
            )),
        }
    }

    pub(crate) fn apply(self, ident: &Ident) -> String {
        let name = as_written(ident);
        let capitals_from = match self {
            Self::AsWritten => return name,
            Self::CamelCase => 1,
            Self::PascalCase => 0,
        };
        let words = name.split('_').filter(|word| !word.is_empty());
        words
            .enumerate()
            .map(|(i, word)| {
                if i < capitals_from {
                    word.to_owned()
                } else {
                    capitalised(word)
                }
            })
            .collect()
    }
}

/// The name without the `r#` of a raw identifier.
pub(crate) fn as_written(ident: &Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").unwrap_or(&name).to_owned()
}

/// A name that was given in an attribute.
pub(crate) fn given(literal: &LitStr) -> syn::Result<String> {
    match literal.value() {
        name if name.is_empty() => Err(syn::Error::new(literal.span(), "a name is not empty")),
        name => Ok(name),
    }
}

/// Refuses a second use of a name, pointing at it.
pub(crate) fn unique<'a>(names: impl Iterator<Item = (&'a str, Span)>, what: &str) -> syn::Result<()> {
    let mut seen = std::collections::BTreeSet::new();
    for (name, span) in names {
        if !seen.insert(name) {
            return Err(syn::Error::new(span, format!("there is another {what} named `{name}`")));
        }
    }
    Ok(())
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_by_style() {
        let ident = Ident::new("charge_card", Span::call_site());
        assert_eq!(RenameAll::AsWritten.apply(&ident), "charge_card");
        assert_eq!(RenameAll::CamelCase.apply(&ident), "chargeCard");
        assert_eq!(RenameAll::PascalCase.apply(&ident), "ChargeCard");
    }
}
