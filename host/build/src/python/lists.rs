//! Lists that a module hands to the host: `componentize-py` 0.25.1 frees neither the bytes of a payload nor an empty list, so a
//! run would grow by all that it ever said. Its code is mended in what it has built.
//!
//! The functions that take a value apart are those of `wit-dylib`, which says of them: who finds bytes under the pointer that
//! `wit_dylib_pop_list` gives takes them as they are and frees nothing; who finds none allocates room for the items, and frees
//! that, if it is any. In the place of this function comes one that calls it, and then has bytes freed when the call is over,
//! and gives an empty list an address, so that there is no room to allocate.

use crate::Error;
use wasm_encoder::{BlockType, Component, Encode, Function, MemArg, Module, RawSection, ValType};
use wasmparser::{BinaryReader, BinaryReaderError, ExternalKind, Parser, Payload, TypeRef};

const POP_LIST: &str = "wit_dylib_pop_list";
const POP_ITER: &str = "wit_dylib_pop_iter";
const DEALLOCATE: &str = "wit_dylib_dealloc_bytes";

/// Numbers of sections: of a module in a component; and in a module.
const MODULE: u8 = 1;
const FUNCTIONS: u8 = 3;
const EXPORTS: u8 = 7;
const CODE: u8 = 10;

/// The component with the function replaced.
pub(super) fn mend(component: &[u8]) -> Result<Vec<u8>, Error> {
    let mut mended = Component::new();
    let mut found = false;
    for (id, content) in sections(component).map_err(damaged)? {
        let replaced = if id == MODULE {
            mend_module(content).map_err(damaged)?
        } else {
            None
        };
        found |= replaced.is_some();
        let data = replaced.as_deref().unwrap_or(content);
        mended.section(&RawSection { id, data });
    }
    if !found {
        return Err(Error::Source {
            what: "componentize-py has built something that this program does not know".to_owned(),
            report: format!("no module in the component exports `{POP_LIST}`"),
            advice: None,
        });
    }
    Ok(mended.finish())
}

fn damaged(error: BinaryReaderError) -> Error {
    Error::Source {
        what: "the component that componentize-py has built cannot be read".to_owned(),
        report: error.to_string(),
        advice: None,
    }
}

/// The sections of a component or of a module, not those of what is in it.
fn sections(binary: &[u8]) -> Result<Vec<(u8, &[u8])>, BinaryReaderError> {
    let mut sections = Vec::new();
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(binary) {
        let payload = payload?;
        if depth == 0
            && let Some((id, range)) = payload.as_section()
        {
            sections.push((id, &binary[range]));
        }
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(sections)
}

/// What has to be known of the module that has the function.
#[derive(Default)]
struct Functions {
    /// How many there are, those that are imported included.
    count: u32,
    /// The type of the one that is replaced.
    pop_list_type: u32,
    pop_list: u32,
    pop_iter: u32,
    deallocate: u32,
}

/// Nothing if it is another module.
fn functions(module: &[u8]) -> Result<Option<Functions>, BinaryReaderError> {
    let mut imported = 0;
    let mut types = Vec::new();
    let (mut pop_list, mut pop_iter, mut deallocate) = (None, None, None);
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::FunctionSection(functions) => types = functions.into_iter().collect::<Result<_, _>>()?,
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    let place = match export.name {
                        POP_LIST => &mut pop_list,
                        POP_ITER => &mut pop_iter,
                        DEALLOCATE => &mut deallocate,
                        _ => continue,
                    };
                    *place = Some(export.index);
                }
            }
            _ => {}
        }
    }
    let (Some(pop_list), Some(pop_iter), Some(deallocate)) = (pop_list, pop_iter, deallocate) else {
        return Ok(None);
    };
    let own = pop_list.checked_sub(imported).and_then(|own| types.get(own as usize));
    Ok(own.map(|&pop_list_type| Functions {
        count: imported + u32::try_from(types.len()).unwrap_or(u32::MAX),
        pop_list_type,
        pop_list,
        pop_iter,
        deallocate,
    }))
}

/// Nothing if it is another module.
fn mend_module(module: &[u8]) -> Result<Option<Vec<u8>>, BinaryReaderError> {
    let Some(functions) = functions(module)? else {
        return Ok(None);
    };
    let mut mended = Module::new();
    for (id, content) in sections(module)? {
        let replaced = match id {
            FUNCTIONS => with_another(content, &functions.pop_list_type)?,
            CODE => with_another(content, &replacement(&functions))?,
            EXPORTS => with_export(content, functions.count)?,
            _ => content.to_vec(),
        };
        mended.section(&RawSection { id, data: &replaced });
    }
    Ok(Some(mended.finish()))
}

/// A section with one more entry, the last.
fn with_another(section: &[u8], entry: &impl Encode) -> Result<Vec<u8>, BinaryReaderError> {
    let mut reader = BinaryReader::new(section, 0);
    let mut content = Vec::with_capacity(section.len() + 64);
    (reader.read_var_u32()? + 1).encode(&mut content);
    content.extend(&section[reader.current_position()..]);
    entry.encode(&mut content);
    Ok(content)
}

/// The exports, with another function under the name.
fn with_export(section: &[u8], function: u32) -> Result<Vec<u8>, BinaryReaderError> {
    let mut reader = BinaryReader::new(section, 0);
    let mut content = Vec::with_capacity(section.len() + 8);
    let count = reader.read_var_u32()?;
    count.encode(&mut content);
    for _ in 0..count {
        let begin = reader.current_position();
        let is_it = reader.read_string()? == POP_LIST;
        let kind = reader.read::<ExternalKind>()?;
        content.extend(&section[begin..reader.current_position()]);
        let index = reader.read_var_u32()?;
        let index = if is_it && kind == ExternalKind::Func {
            function
        } else {
            index
        };
        index.encode(&mut content);
    }
    Ok(content)
}

/// Of the call, the list's type and where the pointer belongs, it makes the list's length.
fn replacement(functions: &Functions) -> Function {
    let [cx, list_type, place, length, pointer] = [0, 1, 2, 3, 4];
    /// An address that nobody reads at, aligned for items of any type.
    const NOWHERE: i32 = 8;
    let at_place = MemArg {
        offset: 0,
        align: 2,
        memory_index: 0,
    };
    let mut function = Function::new([(2, ValType::I32)]);
    function
        .instructions()
        .local_get(cx)
        .local_get(list_type)
        .local_get(place)
        .call(functions.pop_list)
        .local_set(length)
        .local_get(place)
        .i32_load(at_place)
        .local_tee(pointer)
        .if_(BlockType::Empty)
        // Bytes: they go when the call is over. (Of none there is an address, too, and one is never less than what was
        // allocated.)
        .local_get(cx)
        .local_get(pointer)
        .local_get(length)
        .local_get(length)
        .i32_eqz()
        .i32_add()
        .i32_const(1)
        .i32_const(1)
        .call(functions.deallocate)
        .else_()
        .local_get(length)
        .i32_eqz()
        .if_(BlockType::Empty)
        // No items: what would go through them goes at once.
        .local_get(cx)
        .local_get(list_type)
        .call(functions.pop_iter)
        .local_get(place)
        .i32_const(NOWHERE)
        .i32_store(at_place)
        .end()
        .end()
        .local_get(length)
        .end();
    function
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmtime::component::{Component, Linker};
    use wasmtime::{Engine, Store};

    /// In the place of what `componentize-py` builds: `pop` pops a list that has `LENGTH` items and lies at `POINTER`, and
    /// gives what was called then: the length, tens for each iterator that was popped, hundreds for each byte to be freed,
    /// and 10,000 if the list has an address.
    const COMPONENT: &str = r#"(component
        (core module $other (func (export "wit_dylib_pop_list")))
        (core module $runtime
            (import "other" "wit_dylib_pop_list" (func))
            (type (func (param i32) (result i32)))
            (memory (export "memory") 1)
            (global $seen (export "seen") (mut i32) (i32.const 0))
            (func (export "wit_dylib_pop_list") (param i32 i32 i32) (result i32)
                (i32.store (local.get 2) (i32.const POINTER))
                (i32.const LENGTH))
            (func (export "wit_dylib_pop_iter") (param i32 i32)
                (global.set $seen (i32.add (global.get $seen) (i32.const 10))))
            (func (export "wit_dylib_dealloc_bytes") (param $cx i32) (param $at i32) (param $size i32) (param i32) (param i32)
                (global.set $seen (i32.add (global.get $seen) (i32.mul (local.get $size) (i32.const 100))))))
        (core module $shim
            (import "runtime" "memory" (memory 1))
            (import "runtime" "seen" (global $seen (mut i32)))
            (import "runtime" "wit_dylib_pop_list" (func $pop_list (param i32 i32 i32) (result i32)))
            (func (export "pop") (result i32)
                (i32.add
                    (call $pop_list (i32.const 1) (i32.const 2) (i32.const 64))
                    (i32.add
                        (global.get $seen)
                        (i32.mul (i32.const 10000) (i32.ne (i32.load (i32.const 64)) (i32.const 0)))))))
        (core instance $o (instantiate $other))
        (core instance $r (instantiate $runtime (with "other" (instance $o))))
        (core instance $s (instantiate $shim (with "runtime" (instance $r))))
        (func (export "pop") (result u32) (canon lift (core func $s "pop"))))"#;

    fn popped(length: u32, pointer: u32) -> u32 {
        let text = COMPONENT
            .replace("LENGTH", &length.to_string())
            .replace("POINTER", &pointer.to_string());
        let mended = mend(&wat::parse_str(text).unwrap()).unwrap();
        let engine = Engine::default();
        let component = Component::new(&engine, mended).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate(&mut store, &component).unwrap();
        let pop = instance.get_typed_func::<(), (u32,)>(&mut store, "pop").unwrap();
        pop.call(&mut store, ()).unwrap().0
    }

    #[test]
    fn bytes_are_freed_and_items_are_left_to_who_goes_through_them() {
        assert_eq!(popped(7, 1024), 10_707);
        assert_eq!(popped(3, 0), 3);
    }

    #[test]
    fn an_empty_list_needs_no_room_and_leaves_no_iterator() {
        assert_eq!(popped(0, 0), 10_010);
        assert_eq!(popped(0, 1024), 10_100);
    }

    #[test]
    fn a_component_without_the_function_is_refused() {
        let error = mend(&wat::parse_str("(component (core module))").unwrap()).unwrap_err();
        assert!(error.to_string().contains(POP_LIST), "{error}");
    }
}
