//! `#[activities]` on a trait.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::meta::ParseNestedMeta;
use syn::parse::Parser;
use syn::spanned::Spanned;
use syn::{ExprArray, FnArg, Ident, ItemTrait, LitFloat, LitInt, LitStr, Pat, TraitItem, TraitItemFn};

use crate::name::RenameAll;
use crate::{description, duration, name, parameters};

/// What is said on the trait, and may be said otherwise on one function.
#[derive(Clone, Default)]
struct Options {
    /// Method calls on an `Activity`, by the option's name.
    settings: Vec<(&'static str, TokenStream)>,
    has_limit: bool,
}

const OPTIONS: &str = "the options are `start_to_close`, `schedule_to_close`, `schedule_to_start`, `heartbeat`, `retry(…)`, `task_queue`, `cancellation` and `local`, besides `rename_all` on the trait and `name` on a function";

pub(crate) fn expand(attribute: TokenStream, declaration: &ItemTrait) -> syn::Result<TokenStream> {
    let mut options = Options::default();
    let mut rename_all = RenameAll::default();
    let parser = syn::meta::parser(|meta| {
        if meta.path.is_ident("rename_all") {
            rename_all = RenameAll::parse(&meta.value()?.parse()?)?;
            return Ok(());
        }
        options.read(&meta)
    });
    parser.parse2(attribute)?;
    if !declaration.generics.params.is_empty() {
        return Err(syn::Error::new_spanned(
            &declaration.generics,
            "a declaration of activities has no generics",
        ));
    }

    let mut names = Vec::new();
    let mut calls = Vec::new();
    for item in &declaration.items {
        let TraitItem::Fn(function) = item else {
            return Err(syn::Error::new_spanned(
                item,
                "a declaration of activities has only functions",
            ));
        };
        let (name, call) = call(function, options.clone(), rename_all)?;
        names.push((name, function.sig.ident.span()));
        calls.push(call);
    }
    name::unique(names.iter().map(|(name, span)| (name.as_str(), *span)), "activity")?;

    let docs = description::docs(&declaration.attrs);
    let (visibility, ident) = (&declaration.vis, &declaration.ident);
    Ok(quote! {
        #(#docs)*
        #visibility enum #ident {}

        impl #ident {
            #(#calls)*
        }
    })
}

/// The activity's name, and the function that calls it.
fn call(function: &TraitItemFn, mut options: Options, rename_all: RenameAll) -> syn::Result<(String, TokenStream)> {
    let signature = &function.sig;
    check(function)?;
    let mut name = rename_all.apply(&signature.ident);
    for attribute in function
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("activity"))
    {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("name") {
                name = name::given(&meta.value()?.parse()?)?;
                return Ok(());
            }
            options.read(&meta)
        })?;
    }
    if !options.has_limit {
        let message = "say how long it may take: `start_to_close = \"30s\"` for one attempt, or `schedule_to_close` for all, here or on the trait";
        return Err(syn::Error::new_spanned(&signature.ident, message));
    }

    let docs = description::docs(&function.attrs);
    let ident = &signature.ident;
    let inputs = &signature.inputs;
    let encoded = inputs
        .iter()
        .map(|input| encoded(&name, input))
        .collect::<syn::Result<Vec<_>>>()?;
    let returned = parameters::returned(signature, "an activity")?;
    let output = quote_spanned! {returned.span()=> <#returned as ::mainspring_workflow::ActivityResult>::Value };
    let settings = options.settings.iter().map(|(_, setting)| setting);
    let function = quote! {
        #(#docs)*
        pub fn #ident(#inputs) -> ::mainspring_workflow::Activity<#output> {
            ::mainspring_workflow::Activity::of_payloads(#name, ::std::vec![#(#encoded),*]) #(.#settings)*
        }
    };
    Ok((name, function))
}

fn check(function: &TraitItemFn) -> syn::Result<()> {
    let signature = &function.sig;
    parameters::check_plain(signature)?;
    if signature.asyncness.is_none() {
        return Err(syn::Error::new_spanned(
            signature.fn_token,
            "an activity takes its time: it is an `async fn`",
        ));
    }
    if let Some(body) = &function.default {
        return Err(syn::Error::new_spanned(
            body,
            "workers have the code of activities; here they are only declared",
        ));
    }
    Ok(())
}

/// The parameter's value as a payload; errors of the type point at the type.
fn encoded(activity: &str, input: &FnArg) -> syn::Result<TokenStream> {
    match input {
        FnArg::Receiver(receiver) => Err(syn::Error::new_spanned(receiver, "activities have no `self`")),
        FnArg::Typed(parameter) => match &*parameter.pat {
            Pat::Ident(pattern) => {
                let (ident, name) = (&pattern.ident, name::as_written(&pattern.ident));
                Ok(quote_spanned! {parameter.ty.span()=>
                    ::mainspring_workflow::definition::argument(#activity, #name, &#ident)
                })
            }
            other => Err(syn::Error::new_spanned(other, "a parameter has a name")),
        },
    }
}

impl Options {
    fn read(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        let option = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
        let (option, setting) = match option.as_str() {
            "start_to_close" => ("start_to_close", limit(meta)?),
            "schedule_to_close" => ("schedule_to_close", limit(meta)?),
            "schedule_to_start" => ("schedule_to_start", limit(meta)?),
            "heartbeat" => ("heartbeat", limit(meta)?),
            "retry" => ("retry", retry(meta)?),
            "task_queue" => (
                "task_queue",
                name::given(&meta.value()?.parse()?).map(|name| quote!(#name))?,
            ),
            "cancellation" => ("cancellation", cancellation(meta)?),
            "local" => ("local", quote!()),
            _ => return Err(meta.error(OPTIONS)),
        };
        let method = Ident::new(option, meta.path.span());
        self.has_limit |= matches!(option, "start_to_close" | "schedule_to_close");
        self.settings.retain(|(other, _)| *other != option);
        self.settings.push((option, quote! { #method(#setting) }));
        Ok(())
    }
}

fn limit(meta: &ParseNestedMeta<'_>) -> syn::Result<TokenStream> {
    let millis = duration::parse(&meta.value()?.parse()?)?;
    Ok(quote! { ::std::time::Duration::from_millis(#millis) })
}

fn cancellation(meta: &ParseNestedMeta<'_>) -> syn::Result<TokenStream> {
    let literal: LitStr = meta.value()?.parse()?;
    let kind = match literal.value().as_str() {
        "try" => quote!(TryCancel),
        "wait" => quote!(WaitCancellationCompleted),
        "abandon" => quote!(Abandon),
        _ => {
            return Err(syn::Error::new(
                literal.span(),
                "`cancellation` is \"try\", \"wait\" or \"abandon\"",
            ));
        }
    };
    Ok(quote! { ::mainspring_workflow::CancellationType::#kind })
}

fn retry(meta: &ParseNestedMeta<'_>) -> syn::Result<TokenStream> {
    let mut fields = Vec::new();
    meta.parse_nested_meta(|meta| {
        let field = if meta.path.is_ident("initial") {
            let interval = limit(&meta)?;
            quote! { initial_interval = #interval }
        } else if meta.path.is_ident("coefficient") {
            let coefficient = coefficient(&meta)?;
            quote! { backoff_coefficient = #coefficient }
        } else if meta.path.is_ident("maximum_interval") {
            let interval = limit(&meta)?;
            quote! { maximum_interval = ::std::option::Option::Some(#interval) }
        } else if meta.path.is_ident("maximum_attempts") {
            let attempts: u32 = meta.value()?.parse::<LitInt>()?.base10_parse()?;
            quote! { maximum_attempts = #attempts }
        } else if meta.path.is_ident("non_retryable") {
            let kinds = meta.value()?.parse::<ExprArray>()?.elems.into_iter();
            quote! { non_retryable_kinds = ::std::vec![#(::std::string::String::from(#kinds)),*] }
        } else {
            return Err(meta.error(
                "`retry` has `initial`, `coefficient`, `maximum_interval`, `maximum_attempts` and `non_retryable`",
            ));
        };
        fields.push(field);
        Ok(())
    })?;
    Ok(quote! {{
        let mut policy = ::mainspring_workflow::RetryPolicy::default();
        #(policy.#fields;)*
        policy
    }})
}

/// A number of at least 1, written `2` or `2.0`.
fn coefficient(meta: &ParseNestedMeta<'_>) -> syn::Result<f64> {
    let value = meta.value()?;
    let (number, span) = if value.peek(syn::LitInt) {
        let literal: LitInt = value.parse()?;
        (literal.base10_parse()?, literal.span())
    } else {
        let literal: LitFloat = value.parse()?;
        (literal.base10_parse::<f64>()?, literal.span())
    };
    if number < 1.0 {
        return Err(syn::Error::new(
            span,
            "the intervals do not shrink: the coefficient is at least 1",
        ));
    }
    Ok(number)
}
