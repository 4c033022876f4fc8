//! A function's parameters as arguments that arrive in payloads.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{FnArg, Ident, Pat, ReturnType, Signature, Type};

use crate::name::as_written;

/// A parameter that is filled from a payload.
pub(crate) struct Parameter<'a> {
    /// What it is called in messages.
    name: String,
    /// The variable that holds its value in generated code.
    variable: Ident,
    ty: &'a Type,
}

/// The parameters from number `skip` on.
pub(crate) fn of(signature: &Signature, skip: usize) -> syn::Result<Vec<Parameter<'_>>> {
    let typed = signature
        .inputs
        .iter()
        .enumerate()
        .skip(skip)
        .map(|(index, input)| match input {
            FnArg::Receiver(receiver) => Err(syn::Error::new_spanned(receiver, "a `self` is not expected here")),
            FnArg::Typed(parameter) => {
                let name = match &*parameter.pat {
                    Pat::Ident(pattern) => as_written(&pattern.ident),
                    _ => format!("argument {}", index - skip + 1),
                };
                Ok(Parameter {
                    name,
                    variable: format_ident!("__argument_{index}"),
                    ty: &parameter.ty,
                })
            }
        });
    typed.collect()
}

impl<'a> Parameter<'a> {
    /// The type of a value that the parameter's type is, or is a reference to.
    fn owned_type(&self) -> TokenStream {
        let Type::Reference(reference) = self.ty else {
            return self.ty.to_token_stream();
        };
        match &*reference.elem {
            Type::Path(path) if path.path.is_ident("str") => quote! { ::std::string::String },
            Type::Slice(slice) => {
                let element = &slice.elem;
                quote! { ::std::vec::Vec<#element> }
            }
            owned => owned.to_token_stream(),
        }
    }
}

/// Refuses parameters that borrow.
pub(crate) fn check_owned(parameters: &[Parameter<'_>]) -> syn::Result<()> {
    let borrowed = parameters
        .iter()
        .find(|parameter| matches!(parameter.ty, Type::Reference(_)));
    borrowed.map_or(Ok(()), |Parameter { ty, .. }| {
        Err(syn::Error::new_spanned(
            ty,
            "what comes from outside is owned: `String`, not `&str`; `Vec<T>`, not `&[T]`",
        ))
    })
}

/// Statements that read each parameter's value from `__arguments`; errors of the types point at the types.
pub(crate) fn read(parameters: &[Parameter<'_>]) -> TokenStream {
    parameters
        .iter()
        .map(|parameter| read_as(parameter, &parameter.ty.to_token_stream()))
        .collect()
}

/// The same for a function that may take its arguments by reference.
pub(crate) fn read_owned(parameters: &[Parameter<'_>]) -> TokenStream {
    parameters
        .iter()
        .map(|parameter| read_as(parameter, &parameter.owned_type()))
        .collect()
}

fn read_as(parameter: &Parameter<'_>, ty: &TokenStream) -> TokenStream {
    let Parameter { name, variable, .. } = parameter;
    quote_spanned! {parameter.ty.span()=> let #variable = __arguments.take::<#ty>(#name)?; }
}

/// The variables, to be passed on.
pub(crate) fn pass(parameters: &[Parameter<'_>]) -> TokenStream {
    let variables = parameters.iter().map(|parameter| &parameter.variable);
    quote! { #(#variables),* }
}

/// The variables, or references to them where the function takes references.
pub(crate) fn pass_referenced(parameters: &[Parameter<'_>]) -> TokenStream {
    let values = parameters.iter().map(|Parameter { variable, ty, .. }| match ty {
        Type::Reference(_) => quote! { &#variable },
        _ => quote! { #variable },
    });
    quote! { #(#values),* }
}

/// The tuple of all types.
pub(crate) fn tuple(parameters: &[Parameter<'_>]) -> TokenStream {
    let types = parameters.iter().map(|parameter| parameter.ty);
    quote! { (#(#types,)*) }
}

/// The return type, which there must be.
pub(crate) fn returned<'a>(signature: &'a Signature, what: &str) -> syn::Result<&'a Type> {
    match &signature.output {
        ReturnType::Type(_, ty) => Ok(ty),
        ReturnType::Default => Err(syn::Error::new_spanned(
            &signature.ident,
            format!("{what} returns `Result<T, Failure>`"),
        )),
    }
}

/// Refuses what a function called by the host cannot have.
pub(crate) fn check_plain(signature: &Signature) -> syn::Result<()> {
    if !signature.generics.params.is_empty() {
        let message = "the types that cross the boundary must be known, so that there can be no generics here";
        return Err(syn::Error::new_spanned(&signature.generics, message));
    }
    if let Some(variadic) = &signature.variadic {
        return Err(syn::Error::new_spanned(
            variadic,
            "the number of arguments must be known",
        ));
    }
    Ok(())
}
