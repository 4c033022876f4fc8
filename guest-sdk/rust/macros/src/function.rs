//! `#[workflow]` on an `async fn`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{ItemFn, LitStr, Path, Token};

use crate::{description, name, parameters};

#[derive(Default)]
struct Options {
    name: Option<String>,
    signals: Vec<Path>,
}

pub(crate) fn expand(attribute: TokenStream, function: &ItemFn) -> syn::Result<TokenStream> {
    let options = parse(attribute)?;
    let signature = &function.sig;
    if signature.asyncness.is_none() {
        return Err(syn::Error::new_spanned(
            signature.fn_token,
            "a workflow is an `async fn`",
        ));
    }
    parameters::check_plain(signature)?;

    let ident = &signature.ident;
    let visibility = &function.vis;
    let workflow_type = options.name.unwrap_or_else(|| name::as_written(ident));
    let description = description::of(&function.attrs);
    let docs = description::docs(&function.attrs);
    let signals = &options.signals;

    let parameters = parameters::of(signature, 0)?;
    parameters::check_owned(&parameters)?;
    let arguments = parameters::tuple(&parameters);
    let read = parameters::read(&parameters);
    let pass = parameters::pass(&parameters);
    let returned = parameters::returned(signature, "a workflow")?;
    let output =
        quote_spanned! {returned.span()=> <#returned as ::mainspring_workflow::definition::WorkflowResult>::Value };

    Ok(quote! {
        #function

        // The function is a value and this is a type, so that both can have the name. An `enum`, because nobody makes one.
        #(#docs)*
        #[allow(non_camel_case_types)]
        #visibility enum #ident {}

        impl ::mainspring_workflow::definition::Workflow for #ident {
            const NAME: &'static str = #workflow_type;
            type Arguments = #arguments;
            type Output = #output;

            fn definition() -> ::mainspring_workflow::definition::Definition {
                ::mainspring_workflow::definition::Definition::new::<Self>(#description, |__arguments| {
                    #read
                    ::std::result::Result::Ok(::mainspring_workflow::definition::Beginning::of_function(#ident(#pass)))
                })
                #(.signal(#signals.name(), ""))*
            }
        }
    })
}

fn parse(attribute: TokenStream) -> syn::Result<Options> {
    let mut options = Options::default();
    let parser = syn::meta::parser(|meta| {
        if meta.path.is_ident("name") {
            options.name = Some(name::given(&meta.value()?.parse::<LitStr>()?)?);
            Ok(())
        } else if meta.path.is_ident("signals") {
            let listed;
            syn::parenthesized!(listed in meta.input);
            options
                .signals
                .extend(Punctuated::<Path, Token![,]>::parse_terminated(&listed)?);
            Ok(())
        } else {
            Err(meta.error("a workflow function has the options `name = \"…\"` and `signals(…)`"))
        }
    });
    parser.parse2(attribute)?;
    Ok(options)
}
