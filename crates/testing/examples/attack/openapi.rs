//! A description of the portal (`OpenAPI` 3) from its own table of routes, so that a fuzzer knows what to send.

use serde_json::{Map, Value, json};
use std::net::SocketAddr;
use zaguan_web::{Access, ROUTES, Route};

/// Whatever is asked, the portal answers with one of these; 500 is not among them.
const STATUSES: [&str; 17] = [
    "200", "303", "308", "400", "401", "403", "404", "405", "406", "408", "413", "414", "415", "421", "422",
    "429", "503",
];

/// The fields that a form of this path has.
fn fields(path: &str) -> &'static [&'static str] {
    match path {
        "/registro" => &["documento", "ramo", "poliza", "email", "email_sugerido", "email_confirmado"],
        "/registro/clave" | "/recuperar/clave" => &["clave_transitoria", "documento"],
        "/registro/corregir" => &["email", "email_sugerido", "email_confirmado"],
        "/clave-definitiva" => &["clave"],
        "/ingreso" => &["usuario", "clave"],
        "/recuperar" => &["usuario"],
        "/cuenta/clave" => &["clave_actual", "clave"],
        "/cuenta/confirmar" | "/cuenta/cierre" => &["clave_actual"],
        "/cuenta/email" => &["clave_actual", "email", "email_sugerido", "email_confirmado"],
        "/cuenta/email/clave" => &["clave_transitoria"],
        "/cuenta/sesiones" => &["sesion", "todas"],
        "/cuenta/datos/correccion" => &["texto"],
        // A button, or a form that nobody named here yet.
        _ => &[],
    }
}

/// The description of a portal at this address, with a document for examples.
pub(crate) fn description(portal: SocketAddr, document: &str) -> Value {
    let mut paths = Map::new();
    for route in ROUTES.iter().filter(|route| route.access != Access::Demo) {
        let entry = paths.entry(route.path.to_owned()).or_insert_with(|| json!({}));
        let method = route.method.as_str().to_ascii_lowercase();
        if let Some(methods) = entry.as_object_mut() {
            methods.insert(method, operation(route, document));
        }
    }
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Zaguán", "version": "1" },
        "servers": [{ "url": format!("http://{portal}") }],
        "paths": paths,
    })
}

fn operation(route: &Route, document: &str) -> Value {
    let responses: Map<String, Value> =
        STATUSES.iter().map(|status| ((*status).to_owned(), json!({ "description": "a page" }))).collect();
    let mut operation = json!({ "summary": route.doc, "responses": responses });
    let names = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let parameters: Vec<Value> = names
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    operation["parameters"] = Value::Array(parameters);
    if route.method == "POST" {
        let properties: Map<String, Value> = fields(route.path)
            .iter()
            .map(|name| {
                let example = if matches!(*name, "documento" | "usuario") { document } else { "automotores" };
                ((*name).to_owned(), json!({ "type": "string", "example": example }))
            })
            .collect();
        let schema = json!({ "type": "object", "properties": properties });
        operation["requestBody"] =
            json!({ "content": { "application/x-www-form-urlencoded": { "schema": schema } } });
    }
    operation
}
