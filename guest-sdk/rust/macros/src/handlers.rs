//! `#[workflow]` on an `impl` block.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::parse::Parser;
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, Ident, ImplItem, ImplItemFn, ItemImpl, LitStr, ReturnType, Signature, Type};

use crate::{description, name, parameters};

/// What a function of the block is for.
enum Role {
    Run,
    Signal,
    Query,
    Update,
    /// Of the update with this function name.
    Validate(Ident),
}

/// A function with a role.
struct Member {
    role: Role,
    /// What the host calls it.
    name: String,
    description: String,
    signature: Signature,
}

/// How a function comes to the state.
enum Access {
    /// `&self`
    Read,
    /// `&mut self`
    Write,
    /// `this: State<Self>`
    Share,
}

pub(crate) fn expand(attribute: TokenStream, mut block: ItemImpl) -> syn::Result<TokenStream> {
    let Type::Path(path) = &*block.self_ty else {
        return Err(syn::Error::new_spanned(
            &block.self_ty,
            "a workflow's state is a struct or an enum",
        ));
    };
    if let Some((_, of_trait, _)) = &block.trait_ {
        return Err(syn::Error::new_spanned(
            of_trait,
            "`#[workflow]` stands on an `impl` block of the type itself",
        ));
    }
    let ident = path.path.segments.last().map(|segment| &segment.ident);
    let type_name = match workflow_name(attribute)? {
        Some(name) => name,
        None => ident.map(name::as_written).unwrap_or_default(),
    };
    let members = take_members(&mut block)?;
    check_names(&members)?;

    let definition = definition(&block, &type_name, &members)?;
    let handlers = handlers(&block.self_ty, &members)?;
    Ok(quote! {
        #block
        #definition
        #handlers
    })
}

fn workflow_name(attribute: TokenStream) -> syn::Result<Option<String>> {
    let mut given = None;
    let parser = syn::meta::parser(|meta| {
        if !meta.path.is_ident("name") {
            return Err(meta.error("a workflow with handlers has the option `name = \"…\"`"));
        }
        given = Some(name::given(&meta.value()?.parse::<LitStr>()?)?);
        Ok(())
    });
    parser.parse2(attribute)?;
    Ok(given)
}

/// Finds the functions with a role, and takes the marks off them.
fn take_members(block: &mut ItemImpl) -> syn::Result<Vec<Member>> {
    let mut members = Vec::new();
    for item in &mut block.items {
        let ImplItem::Fn(function) = item else { continue };
        let (marks, others) = std::mem::take(&mut function.attrs).into_iter().partition(is_mark);
        function.attrs = others;
        match <[Attribute; 1]>::try_from(marks) {
            Ok([mark]) => members.push(member(&mark, function)?),
            Err(marks) if marks.is_empty() => {}
            Err(marks) => return Err(syn::Error::new_spanned(&marks[1], "a function has one role")),
        }
    }
    Ok(members)
}

fn is_mark(attribute: &Attribute) -> bool {
    ["run", "signal", "query", "update", "validate"]
        .iter()
        .any(|mark| attribute.path().is_ident(mark))
}

fn member(mark: &Attribute, function: &ImplItemFn) -> syn::Result<Member> {
    parameters::check_plain(&function.sig)?;
    let mut name = name::as_written(&function.sig.ident);
    let path = mark.path();
    let role = if path.is_ident("validate") {
        Role::Validate(mark.parse_args()?)
    } else if path.is_ident("run") {
        mark.meta.require_path_only()?;
        Role::Run
    } else {
        if !matches!(mark.meta, syn::Meta::Path(_)) {
            mark.parse_nested_meta(|meta| {
                if !meta.path.is_ident("name") {
                    return Err(meta.error("a handler has the option `name = \"…\"`"));
                }
                name = name::given(&meta.value()?.parse::<LitStr>()?)?;
                Ok(())
            })?;
        }
        match path {
            path if path.is_ident("signal") => Role::Signal,
            path if path.is_ident("query") => Role::Query,
            _ => Role::Update,
        }
    };
    Ok(Member {
        role,
        name,
        description: description::of(&function.attrs),
        signature: function.sig.clone(),
    })
}

fn check_names(members: &[Member]) -> syn::Result<()> {
    let named = |role: fn(&Role) -> bool| {
        members
            .iter()
            .filter(move |it| role(&it.role))
            .map(|it| (it.name.as_str(), it.signature.ident.span()))
    };
    name::unique(named(|role| matches!(role, Role::Signal)), "signal")?;
    name::unique(named(|role| matches!(role, Role::Query)), "query")?;
    name::unique(named(|role| matches!(role, Role::Update)), "update")
}

/// The state's way in: what `run` takes and gives, and the list of handlers.
fn definition(block: &ItemImpl, type_name: &str, members: &[Member]) -> syn::Result<TokenStream> {
    let mut runs = members.iter().filter(|member| matches!(member.role, Role::Run));
    let run = runs.next().ok_or_else(|| {
        syn::Error::new_spanned(
            &block.self_ty,
            "mark the function that tells the workflow's story with `#[run]`",
        )
    })?;
    if let Some(second) = runs.next() {
        return Err(syn::Error::new_spanned(
            &second.signature.ident,
            "a workflow has one `#[run]`",
        ));
    }
    if !matches!(access(&run.signature)?, Access::Share) {
        let message = "`#[run]` is an `async fn` that takes `this: State<Self>`";
        return Err(syn::Error::new_spanned(&run.signature, message));
    }

    let state = &block.self_ty;
    let description = description::of(&block.attrs);
    let run_ident = &run.signature.ident;
    let parameters = parameters::of(&run.signature, 1)?;
    parameters::check_owned(&parameters)?;
    let arguments = parameters::tuple(&parameters);
    let read = parameters::read(&parameters);
    let pass = parameters::pass(&parameters);
    let returned = parameters::returned(&run.signature, "a workflow")?;
    let output =
        quote_spanned! {returned.span()=> <#returned as ::mainspring_workflow::definition::WorkflowResult>::Value };
    let initial = quote_spanned! {state.span()=> <#state as ::std::default::Default>::default() };
    let listed = members.iter().filter_map(
        |Member {
             role,
             name,
             description,
             ..
         }| match role {
            Role::Signal => Some(quote! { .signal(#name, #description) }),
            Role::Query => Some(quote! { .query(#name, #description) }),
            Role::Update => Some(quote! { .update(#name, #description) }),
            Role::Run | Role::Validate(_) => None,
        },
    );

    Ok(quote! {
        impl ::mainspring_workflow::definition::Workflow for #state {
            const NAME: &'static str = #type_name;
            type Arguments = #arguments;
            type Output = #output;

            fn definition() -> ::mainspring_workflow::definition::Definition {
                ::mainspring_workflow::definition::Definition::new::<Self>(#description, |__arguments| {
                    #read
                    let __state = #initial;
                    ::std::result::Result::Ok(::mainspring_workflow::definition::Beginning::of_state(
                        __state,
                        move |__state| Self::#run_ident(__state, #pass),
                    ))
                })
                #(#listed)*
            }
        }
    })
}

/// The tables from names to handlers.
fn handlers(state: &Type, members: &[Member]) -> syn::Result<TokenStream> {
    let (mut signals, mut queries, mut updates, mut validators) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for member in members {
        let name = &member.name;
        match &member.role {
            Role::Run => {}
            Role::Signal => {
                let handler = signal(&member.signature)?;
                signals.push(arm(name, "SignalHandler", &handler));
            }
            Role::Query => {
                let handler = query(&member.signature)?;
                queries.push(arm(name, "QueryHandler", &handler));
            }
            Role::Update => {
                let (handler, validator) = (update(&member.signature)?, validator(member, members)?);
                updates.push(arm(name, "UpdateHandler", &handler));
                validators.push(arm(name, "Validator", &validator));
            }
            Role::Validate(update) => check_validates(update, members)?,
        }
    }
    let table = |function: TokenStream, handler: &str, arms: Vec<TokenStream>| {
        let handler = Ident::new(handler, proc_macro2::Span::call_site());
        quote! {
            fn #function(name: &str) -> ::std::option::Option<::mainspring_workflow::definition::#handler<Self>> {
                match name {
                    #(#arms)*
                    _ => ::std::option::Option::None,
                }
            }
        }
    };
    let signals = table(quote!(signal), "SignalHandler", signals);
    let queries = table(quote!(query), "QueryHandler", queries);
    let updates = table(quote!(update), "UpdateHandler", updates);
    let validators = table(quote!(validator), "Validator", validators);
    Ok(quote! {
        impl ::mainspring_workflow::definition::Handlers for #state {
            #signals
            #queries
            #updates
            #validators
        }
    })
}

fn arm(name: &str, kind: &str, handler: &TokenStream) -> TokenStream {
    let kind = Ident::new(kind, proc_macro2::Span::call_site());
    quote! {
        #name => {
            let handler: ::mainspring_workflow::definition::#kind<Self> = #handler;
            ::std::option::Option::Some(handler)
        }
    }
}

fn signal(signature: &Signature) -> syn::Result<TokenStream> {
    if let ReturnType::Type(_, ty) = &signature.output {
        return Err(syn::Error::new_spanned(
            ty,
            "nobody waits for a signal, so that its handler returns nothing",
        ));
    }
    let ident = &signature.ident;
    let parameters = parameters::of(signature, 1)?;
    parameters::check_owned(&parameters)?;
    let (read, pass) = (parameters::read(&parameters), parameters::pass(&parameters));
    let call = match access(signature)? {
        Access::Read => quote! { __state.read(|__state| Self::#ident(__state, #pass)) },
        Access::Write => quote! { __state.write(|__state| Self::#ident(__state, #pass)) },
        Access::Share => quote! {
            ::mainspring_workflow::spawn(Self::#ident(::std::clone::Clone::clone(__state), #pass)).detach()
        },
    };
    Ok(quote! { |__state, __arguments| { #read #call; ::std::result::Result::Ok(()) } })
}

fn query(signature: &Signature) -> syn::Result<TokenStream> {
    if !matches!(access(signature)?, Access::Read) {
        return Err(syn::Error::new_spanned(
            signature,
            "a query looks and does not touch: it is an `fn` that takes `&self`",
        ));
    }
    let ReturnType::Type(_, returned) = &signature.output else {
        return Err(syn::Error::new_spanned(&signature.ident, "a query returns its answer"));
    };
    let ident = &signature.ident;
    let parameters = parameters::of(signature, 1)?;
    parameters::check_owned(&parameters)?;
    let (read, pass) = (parameters::read(&parameters), parameters::pass(&parameters));
    let encode = if is_called(returned, "Result") {
        quote!(answered_or_failed)
    } else {
        quote!(answered)
    };
    let answer = quote_spanned! {returned.span()=> ::mainspring_workflow::definition::#encode(__answer) };
    Ok(quote! { |__state, __arguments| { #read let __answer = Self::#ident(__state, #pass); #answer } })
}

fn update(signature: &Signature) -> syn::Result<TokenStream> {
    let returned = parameters::returned(signature, "an update")?;
    let ident = &signature.ident;
    let parameters = parameters::of(signature, 1)?;
    parameters::check_owned(&parameters)?;
    let (read, pass) = (parameters::read(&parameters), parameters::pass(&parameters));
    let (wrap, call) = match access(signature)? {
        Access::Read => (
            quote!(updated),
            quote! { __state.read(|__state| Self::#ident(__state, #pass)) },
        ),
        Access::Write => (
            quote!(updated),
            quote! { __state.write(|__state| Self::#ident(__state, #pass)) },
        ),
        Access::Share => (
            quote!(updating),
            quote! { Self::#ident(::std::clone::Clone::clone(__state), #pass) },
        ),
    };
    let wrapped = quote_spanned! {returned.span()=> ::mainspring_workflow::definition::#wrap(__result) };
    Ok(quote! { |__state, __arguments| { #read let __result = #call; ::std::result::Result::Ok(#wrapped) } })
}

/// What an update must pass: that its arguments fit, and its own validator if there is one.
fn validator(update: &Member, members: &[Member]) -> syn::Result<TokenStream> {
    let of_update = |member: &&Member| matches!(&member.role, Role::Validate(of) if *of == update.signature.ident);
    let mut own = members.iter().filter(of_update);
    let Some(validator) = own.next() else {
        let read = parameters::read(&parameters::of(&update.signature, 1)?);
        return Ok(quote! { |_, __arguments| { #read ::std::result::Result::Ok(()) } });
    };
    let signature = &validator.signature;
    if let Some(second) = own.next() {
        return Err(syn::Error::new_spanned(
            &second.signature.ident,
            "an update has one validator",
        ));
    }
    if !matches!(access(signature)?, Access::Read) {
        let message = "a validator looks and does not touch: it is an `fn` that takes `&self`";
        return Err(syn::Error::new_spanned(signature, message));
    }
    let ident = &signature.ident;
    let returned = parameters::returned(signature, "a validator")?;
    let parameters = parameters::of(signature, 1)?;
    let (read, pass) = (
        parameters::read_owned(&parameters),
        parameters::pass_referenced(&parameters),
    );
    let verdict =
        quote_spanned! {returned.span()=> ::mainspring_workflow::definition::WorkflowResult::into_result(__verdict) };
    Ok(quote! { |__state, __arguments| { #read let __verdict = Self::#ident(__state, #pass); #verdict } })
}

fn check_validates(update: &Ident, members: &[Member]) -> syn::Result<()> {
    let is_update = |member: &Member| matches!(member.role, Role::Update) && member.signature.ident == *update;
    match members.iter().any(is_update) {
        true => Ok(()),
        false => Err(syn::Error::new_spanned(
            update,
            format!("there is no `#[update]` function `{update}`"),
        )),
    }
}

/// Reads off the first parameter how a function comes to the state; one that waits may not borrow it.
fn access(signature: &Signature) -> syn::Result<Access> {
    match (signature.inputs.first(), signature.asyncness) {
        (Some(FnArg::Receiver(receiver)), None) if receiver.reference.is_some() => {
            Ok(if receiver.mutability.is_some() {
                Access::Write
            } else {
                Access::Read
            })
        }
        (Some(FnArg::Typed(parameter)), Some(_)) if is_called(&parameter.ty, "State") => Ok(Access::Share),
        (_, Some(_)) => {
            let message = "others come to the state while this waits, so that it takes `this: State<Self>` first";
            Err(syn::Error::new_spanned(&signature.ident, message))
        }
        (_, None) => Err(syn::Error::new_spanned(
            &signature.ident,
            "this takes `&self` or `&mut self` first",
        )),
    }
}

/// Is this a path to something of that name? Types are not known to a macro, only how they are written.
fn is_called(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|segment| segment.ident == name))
}
