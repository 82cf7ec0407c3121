//! `#[derive(Wire)]`: binary form, JSON form and reflection from one definition.
//!
//! * A struct packs its fields in order; its JSON is an object with the fields as members.
//! * `#[wire(extension)]` on a struct whose fields are all `Option`: a count, then number and value
//!   of each field that is set. In JSON an object with the members that are set; `[]` reads as
//!   empty.
//! * An enum is a choice: tag and value. Each variant has one unnamed field, or none, which is the
//!   empty value `{}`. Tags count from 0; `#[wire(tag = 7)]` on a variant sets the count. JSON is
//!   `[tag, value]`. Tags from 1000 on are those of chains that opted in (`carbyne_wire::Dialect`):
//!   they are read in the dialect of such a chain only, and reflection does not show them.
//! * `#[wire(base)]` on a field of a struct says that the struct extends it: in JSON the members of
//!   the field stand among those of the struct.
//! * `#[wire(plain)]` on a type whose members are all `Json` makes it `Json`, too: it looks the
//!   same on every chain.
//! * `#[wire(skip)]` on a field leaves it out of all forms.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields, Ident, LitInt, Type, parse_macro_input};

/// Derives `Pack`, `JsonIn` and `Reflect`; the type needs `Default` if it is a struct.
#[proc_macro_derive(Wire, attributes(wire))]
pub fn derive_wire(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let result = match &input.data {
        Data::Struct(data) => derive_struct(&input, &data.fields),
        Data::Enum(data) => derive_enum(&input, data.variants.iter().collect()),
        Data::Union(_) => Err(syn::Error::new_spanned(&input, "Wire needs a struct or an enum")),
    };
    result.unwrap_or_else(|error| error.to_compile_error()).into()
}

#[derive(Default)]
struct Options {
    extension: bool,
    skip: bool,
    base: bool,
    plain: bool,
    tag: Option<u64>,
}

fn options(attributes: &[syn::Attribute]) -> syn::Result<Options> {
    let mut options = Options::default();
    for attribute in attributes.iter().filter(|a| a.path().is_ident("wire")) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("extension") {
                options.extension = true;
            } else if meta.path.is_ident("skip") {
                options.skip = true;
            } else if meta.path.is_ident("base") {
                options.base = true;
            } else if meta.path.is_ident("plain") {
                options.plain = true;
            } else if meta.path.is_ident("tag") {
                options.tag = Some(meta.value()?.parse::<LitInt>()?.base10_parse()?);
            } else {
                return Err(meta.error("unknown wire option"));
            }
            Ok(())
        })?;
    }
    Ok(options)
}

/// Makes a type `Json` whose parts are all of these types.
fn plain(input: &DeriveInput, parts: &[&Type]) -> syn::Result<TokenStream> {
    if !options(&input.attrs)?.plain {
        return Ok(quote!());
    }
    let ident = &input.ident;
    Ok(quote! {
        impl ::carbyne_wire::Json for #ident {}
        const _: () = { #(::carbyne_wire::__private::is_json::<#parts>();)* };
    })
}

struct Member {
    ident: Ident,
    name: String,
    ty: Type,
    is_base: bool,
}

fn members(fields: &Fields) -> syn::Result<Vec<Member>> {
    let mut members = Vec::new();
    for field in fields {
        let options = options(&field.attrs)?;
        if options.skip {
            continue;
        }
        let ident = field
            .ident
            .clone()
            .ok_or_else(|| syn::Error::new_spanned(field, "Wire needs named fields"))?;
        let name = ident.to_string().trim_start_matches("r#").trim_end_matches('_').to_owned();
        members.push(Member { ident, name, ty: field.ty.clone(), is_base: options.base });
    }
    Ok(members)
}

fn derive_struct(input: &DeriveInput, fields: &Fields) -> syn::Result<TokenStream> {
    let members = members(fields)?;
    let extension = options(&input.attrs)?.extension;
    let pack = if extension {
        pack_extension(input, &members)
    } else {
        pack_struct(&members, fields.len())
    };
    let ident = &input.ident;
    let json = json_struct(&members, extension);
    let reflect = reflect_struct(&members, extension);
    let plain = plain(input, &members.iter().map(|member| &member.ty).collect::<Vec<_>>())?;
    let arms = members.iter().enumerate().map(|(index, member)| {
        let name = &member.ident;
        quote! { #index => Some(::carbyne_wire::Reflect::view(&self.#name)), }
    });
    Ok(quote! {
        impl ::carbyne_wire::Pack for #ident { #pack }
        impl ::carbyne_wire::JsonIn for #ident { #json }
        impl ::carbyne_wire::Reflect for #ident { #reflect }
        #plain
        impl ::carbyne_wire::Members for #ident {
            fn member(&self, index: usize) -> Option<::carbyne_wire::View<'_>> {
                match index { #(#arms)* _ => None }
            }
        }
    })
}

fn pack_struct(members: &[Member], field_count: usize) -> TokenStream {
    let rest = if members.len() < field_count { quote!(..Default::default()) } else { quote!() };
    let names: Vec<_> = members.iter().map(|m| &m.ident).collect();
    let types: Vec<_> = members.iter().map(|m| &m.ty).collect();
    quote! {
        #[inline]
        fn pack(&self, out: &mut Vec<u8>) {
            #(::carbyne_wire::Pack::pack(&self.#names, out);)*
        }
        #[inline]
        fn unpack(
            input: &mut ::carbyne_wire::Reader<'_>,
        ) -> Result<Self, ::carbyne_wire::PackError> {
            #(let #names = <#types as ::carbyne_wire::Pack>::unpack(input)?;)*
            Ok(Self { #(#names,)* #rest })
        }
    }
}

fn pack_extension(input: &DeriveInput, members: &[Member]) -> TokenStream {
    let names: Vec<_> = members.iter().map(|m| &m.ident).collect();
    let tags: Vec<u64> = (0..members.len() as u64).collect();
    let type_name = input.ident.to_string();
    quote! {
        fn pack(&self, out: &mut Vec<u8>) {
            let count = 0u64 #(+ u64::from(self.#names.is_some()))*;
            ::carbyne_wire::pack_varint(count, out);
            #(if let Some(value) = &self.#names {
                ::carbyne_wire::pack_varint(#tags, out);
                ::carbyne_wire::Pack::pack(value, out);
            })*
        }
        fn unpack(
            input: &mut ::carbyne_wire::Reader<'_>,
        ) -> Result<Self, ::carbyne_wire::PackError> {
            let mut value = Self::default();
            let mut left = input.varint()?;
            let mut next = if left > 0 { Some(input.varint()?) } else { None };
            #(if next == Some(#tags) {
                value.#names = Some(::carbyne_wire::Pack::unpack(input)?);
                left -= 1;
                next = if left > 0 { Some(input.varint()?) } else { None };
            })*
            // Members that are unknown, repeated or out of order are left over here.
            if next.is_some() {
                return Err(::carbyne_wire::PackError::UnknownExtension(#type_name));
            }
            Ok(value)
        }
    }
}

fn json_struct(members: &[Member], extension: bool) -> TokenStream {
    let names: Vec<_> = members.iter().map(|m| &m.name).collect();
    let writes = members.iter().map(write_member);
    let reads = members.iter().map(read_member);
    let empty = if extension {
        quote! {
            match value {
                ::carbyne_wire::Value::Null => return Ok(Self::default()),
                ::carbyne_wire::Value::Array(items) if items.is_empty() => {
                    return Ok(Self::default());
                }
                ::carbyne_wire::Value::Array(_) => {
                    return Err(::carbyne_wire::JsonError::assert("var.size() == 0: "));
                }
                _ => {}
            }
        }
    } else {
        quote! {}
    };
    // Members of an object that nobody knows are passed over, those of an extension are not.
    let unknown = if extension {
        quote! {
            const NAMES: &[&str] = &[#(#names),*];
            if let Some(name) = members.keys().find(|name| !NAMES.contains(&name.as_str())) {
                return Err(::carbyne_wire::JsonError::assert("vtor.count_left == 0: ")
                    .explained(format!("there is no extension \"{name}\"")));
            }
        }
    } else {
        quote! {}
    };
    quote! {
        fn to_json_in(&self, dialect: ::carbyne_wire::Dialect) -> ::carbyne_wire::Value {
            let _ = dialect;
            #[allow(unused_mut)]
            let mut members = ::carbyne_wire::__private::Map::new();
            #(#writes)*
            ::carbyne_wire::Value::Object(members)
        }
        fn from_json_in(
            value: &::carbyne_wire::Value,
            dialect: ::carbyne_wire::Dialect,
        ) -> Result<Self, ::carbyne_wire::JsonError> {
            let _ = dialect;
            #empty
            #[allow(unused_variables)]
            let members = value
                .as_object()
                .ok_or_else(|| ::carbyne_wire::JsonError::not_an_object(value))?;
            #[allow(unused_mut)]
            let mut result = Self::default();
            #(#reads)*
            #unknown
            Ok(result)
        }
    }
}

/// Puts a field among the members of an object.
fn write_member(Member { ident, name, is_base, .. }: &Member) -> TokenStream {
    if *is_base {
        return quote! {
            if let ::carbyne_wire::Value::Object(of_base) =
                ::carbyne_wire::JsonIn::to_json_in(&self.#ident, dialect)
            {
                members.extend(of_base);
            }
        };
    }
    quote! {
        if let Some(member) = ::carbyne_wire::JsonIn::to_member_in(&self.#ident, dialect) {
            members.insert(#name.to_owned(), member);
        }
    }
}

/// Takes a field from the members of an object.
fn read_member(Member { ident, name, is_base, .. }: &Member) -> TokenStream {
    if *is_base {
        return quote! { result.#ident = ::carbyne_wire::JsonIn::from_json_in(value, dialect)?; };
    }
    quote! {
        if let Some(member) = members.get(#name) {
            result.#ident = ::carbyne_wire::JsonIn::from_json_in(member, dialect)
                .map_err(|e| e.in_member(#name))?;
        }
    }
}

fn reflect_struct(members: &[Member], extension: bool) -> TokenStream {
    let names = members.iter().map(|m| &m.name);
    let types = members.iter().map(|m| &m.ty);
    let kind = if extension { quote!(Extension) } else { quote!(Struct) };
    quote! {
        fn kind() -> ::carbyne_wire::Kind {
            ::carbyne_wire::Kind::#kind(|| &[#(::carbyne_wire::Field {
                name: #names,
                kind: <#types as ::carbyne_wire::Reflect>::kind,
            },)*])
        }
        fn view(&self) -> ::carbyne_wire::View<'_> {
            ::carbyne_wire::View::Struct(self)
        }
    }
}

/// The first tag that only some chains know; the same number as in `carbyne_wire::dialect`.
const FIRST_LATER_TAG: u64 = 1_000;

struct Choice {
    ident: Ident,
    tag: u64,
    ty: Option<Type>,
}

impl Choice {
    fn is_later(&self) -> bool {
        self.tag >= FIRST_LATER_TAG
    }

    /// What must be true of `who` for the tag to be read.
    fn guard(&self, who: TokenStream) -> TokenStream {
        match self.is_later() {
            true => quote! { if #who.knows_later_tags() },
            false => quote! {},
        }
    }
}

fn choices(variants: Vec<&syn::Variant>) -> syn::Result<Vec<Choice>> {
    let mut next_tag = 0;
    let mut choices = Vec::new();
    for variant in variants {
        let tag = options(&variant.attrs)?.tag.unwrap_or(next_tag);
        next_tag = tag + 1;
        let ty = match &variant.fields {
            Fields::Unit => None,
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                fields.unnamed.first().map(|field| field.ty.clone())
            }
            other => return Err(syn::Error::new_spanned(other, "one unnamed field or none")),
        };
        choices.push(Choice { ident: variant.ident.clone(), tag, ty });
    }
    Ok(choices)
}

fn derive_enum(input: &DeriveInput, variants: Vec<&syn::Variant>) -> syn::Result<TokenStream> {
    let choices = choices(variants)?;
    let ident = &input.ident;
    let pack = pack_enum(input, &choices);
    let json = json_enum(input, &choices);
    let reflect = reflect_enum(&choices);
    let parts: Vec<_> = choices.iter().filter_map(|choice| choice.ty.as_ref()).collect();
    let plain = plain(input, &parts)?;
    if let Some(later) = choices.iter().find(|choice| choice.is_later() && !plain.is_empty()) {
        return Err(syn::Error::new_spanned(&later.ident, "some chains do not know it"));
    }
    let tags = choices.iter().map(|choice| {
        let (variant, tag) = (&choice.ident, choice.tag);
        match choice.ty {
            Some(_) => quote! { Self::#variant(_) => #tag, },
            None => quote! { Self::#variant => #tag, },
        }
    });
    Ok(quote! {
        impl #ident {
            /// The tag that stands for this choice in bytes and in JSON.
            pub fn tag(&self) -> u64 {
                match self { #(#tags)* }
            }
        }
        impl ::carbyne_wire::Pack for #ident { #pack }
        impl ::carbyne_wire::JsonIn for #ident { #json }
        impl ::carbyne_wire::Reflect for #ident { #reflect }
        #plain
    })
}

fn pack_enum(input: &DeriveInput, choices: &[Choice]) -> TokenStream {
    let type_name = input.ident.to_string();
    let packs = choices.iter().map(|Choice { ident, tag, ty }| match ty {
        Some(_) => quote! {
            Self::#ident(value) => {
                ::carbyne_wire::pack_varint(#tag, out);
                ::carbyne_wire::Pack::pack(value, out);
            }
        },
        None => quote! { Self::#ident => ::carbyne_wire::pack_varint(#tag, out), },
    });
    let unpacks = choices.iter().map(|choice| {
        let (Choice { ident, tag, ty }, guard) = (choice, choice.guard(quote!(input)));
        match ty {
            Some(_) => {
                quote! { #tag #guard => Self::#ident(::carbyne_wire::Pack::unpack(input)?), }
            }
            None => quote! { #tag #guard => Self::#ident, },
        }
    });
    quote! {
        #[inline]
        fn pack(&self, out: &mut Vec<u8>) {
            match self { #(#packs)* }
        }
        #[inline]
        fn unpack(
            input: &mut ::carbyne_wire::Reader<'_>,
        ) -> Result<Self, ::carbyne_wire::PackError> {
            let tag = input.varint()?;
            input.nested(|input| Ok(match tag {
                #(#unpacks)*
                _ => return Err(::carbyne_wire::PackError::UnknownTag { name: #type_name, tag }),
            }))
        }
    }
}

fn json_enum(input: &DeriveInput, choices: &[Choice]) -> TokenStream {
    let type_name = input.ident.to_string();
    let writes = choices.iter().map(|Choice { ident, tag, ty }| match ty {
        Some(_) => quote! {
            Self::#ident(value) => (#tag, ::carbyne_wire::JsonIn::to_json_in(value, dialect)),
        },
        None => quote! {
            Self::#ident => {
                (#tag, ::carbyne_wire::Value::Object(::carbyne_wire::__private::Map::new()))
            }
        },
    });
    let reads = choices.iter().map(|choice| {
        let (Choice { ident, tag, ty }, guard) = (choice, choice.guard(quote!(dialect)));
        match ty {
            Some(_) => quote! {
                #tag #guard => ::carbyne_wire::__private::choice(content, dialect, Self::#ident),
            },
            None => quote! { #tag #guard => Ok(Self::#ident), },
        }
    });
    let first = choices.first().map(|Choice { ident, ty, .. }| match ty {
        Some(_) => quote! { Self::#ident(Default::default()) },
        None => quote! { Self::#ident },
    });
    let count = choices.iter().filter(|choice| !choice.is_later()).count();
    quote! {
        fn to_json_in(&self, dialect: ::carbyne_wire::Dialect) -> ::carbyne_wire::Value {
            let _ = dialect;
            let (tag, value) = match self { #(#writes)* };
            ::carbyne_wire::Value::Array(vec![::carbyne_wire::Value::from(tag), value])
        }
        fn from_json_in(
            value: &::carbyne_wire::Value,
            dialect: ::carbyne_wire::Dialect,
        ) -> Result<Self, ::carbyne_wire::JsonError> {
            let items = value
                .as_array()
                .ok_or_else(|| ::carbyne_wire::JsonError::bad_cast(value, "Array"))?;
            // With less than two items it stays what it was, as in the reference.
            let [tag, content, ..] = items.as_slice() else {
                return Ok(#first);
            };
            let _ = (content, dialect);
            let tag = <u64 as ::carbyne_wire::Json>::from_json(tag).map_err(|e| e.at_index(0))?;
            match tag {
                #(#reads)*
                _ => Err(::carbyne_wire::JsonError::unknown_tag(tag, #count).explained(
                    format!("{} has no choice with tag {tag}", #type_name),
                )),
            }
        }
    }
}

fn reflect_enum(choices: &[Choice]) -> TokenStream {
    let shown = choices.iter().filter(|choice| !choice.is_later());
    let fields = shown.map(|Choice { ident, ty, .. }| {
        let name = ident.to_string();
        match ty {
            Some(ty) => quote! { ::carbyne_wire::Field {
                name: #name,
                kind: <#ty as ::carbyne_wire::Reflect>::kind,
            }, },
            None => quote! { ::carbyne_wire::Field {
                name: #name,
                kind: || ::carbyne_wire::Kind::Void,
            }, },
        }
    });
    let views = choices.iter().map(|Choice { ident, tag, ty }| match ty {
        Some(_) => quote! { Self::#ident(value) => ::carbyne_wire::View::Choice(#tag, value), },
        None => quote! {
            Self::#ident => {
                ::carbyne_wire::View::Choice(#tag, &::carbyne_wire::__private::Nothing)
            }
        },
    });
    quote! {
        fn kind() -> ::carbyne_wire::Kind {
            ::carbyne_wire::Kind::Choice(|| &[#(#fields)*])
        }
        fn view(&self) -> ::carbyne_wire::View<'_> {
            match self { #(#views)* }
        }
    }
}
