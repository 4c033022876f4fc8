//! Doc comments as the manifest's descriptions.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The text of the doc comment, without the space that begins each line.
pub(crate) fn of(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes.iter().filter_map(doc_line).collect();
    lines.join("\n").trim().to_owned()
}

/// The doc comment itself.
pub(crate) fn docs(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("doc"))
}

fn doc_line(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(meta) = &attribute.meta else {
        return None;
    };
    let Expr::Lit(ExprLit {
        lit: Lit::Str(text), ..
    }) = &meta.value
    else {
        return None;
    };
    let text = text.value();
    meta.path
        .is_ident("doc")
        .then(|| text.strip_prefix(' ').unwrap_or(&text).to_owned())
}
