//! The file that a person downloads with everything that the portal holds of them, for people and programs alike: JSON
//! with names in Spanish, times in UTC.

use jiff::Timestamp;
use serde_json::{Value, json};
use zaguan_domain::browser::BrowserKind;
use zaguan_domain::email::EmailAddress;
use zaguan_domain::email_change::EmailChange;
use zaguan_domain::letter::{Letter, LetterState};
use zaguan_domain::limit::Rules;
use zaguan_domain::my_data::{DataRequest, Happening, MyData};
use zaguan_domain::policy::{Policy, PolicyNumber, PolicyState};

/// The file's text. Of the password there is nothing, for nobody can read it; of tokens nothing, for they are secrets.
pub(crate) fn written(data: &MyData, now: Timestamp, rules: &Rules) -> Result<String, serde_json::Error> {
    let account = &data.account;
    let sessions = data.sessions.iter().filter(|session| session.is_alive(now, rules)).map(|session| {
        json!({
            "navegador": shown(session.browser),
            "ingreso": session.opened_at.to_string(),
            "ultimo_uso": session.seen_at.to_string(),
        })
    });
    let devices = data.devices.iter().map(|device| {
        json!({
            "navegador": shown(device.browser),
            "desde": device.first_seen_at.to_string(),
            "ultimo_uso": device.seen_at.to_string(),
        })
    });
    let file = json!({
        "fecha": now.to_string(),
        "cuenta": {
            "identificador": account.id.to_string(),
            "usuario": account.holder.document.shown(),
            "documento": account.holder.document.to_stored(),
            "discriminador_del_padron": account.holder.discriminator,
            "correo": account.email.as_str(),
            "abierta": account.opened_at.to_string(),
            "bloqueada": account.locked_at.map(|at| at.to_string()),
            "clave": "guardada de un modo que nadie puede leer",
        },
        "polizas": data.policies.iter().map(policy).collect::<Vec<_>>(),
        "cambios_de_correo": data.email_changes.iter().map(email_change).collect::<Vec<_>>(),
        "sesiones": sessions.collect::<Vec<_>>(),
        "navegadores_conocidos": devices.collect::<Vec<_>>(),
        "mensajes": data.letters.iter().map(letter).collect::<Vec<_>>(),
        "pedidos_de_correccion": data.requests.iter().map(request).collect::<Vec<_>>(),
        "registro_de_lo_que_paso": data.happenings.iter().map(happening).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&file)
}

fn shown(browser: BrowserKind) -> String {
    browser.to_stored()
}

fn policy(policy: &Policy) -> Value {
    json!({
        "ramo": policy.line.official(),
        "poliza": policy.number.as_str(),
        "numeros_anteriores": policy.previous.iter().map(PolicyNumber::as_str).collect::<Vec<_>>(),
        "titular": policy.holder,
        "desde": policy.from.map(|day| day.to_string()),
        "hasta": policy.to.map(|day| day.to_string()),
        "estado": policy.state.map(PolicyState::in_book),
        "correo": policy.email.as_ref().map(EmailAddress::as_str),
    })
}

fn email_change(change: &EmailChange) -> Value {
    json!({
        "de": change.old_email.as_str(),
        "a": change.new_email.as_str(),
        "pedido": change.asked_at.to_string(),
        "confirmado": change.confirmed_at.map(|at| at.to_string()),
        "terminado": change.ended_at.map(|at| at.to_string()),
    })
}

fn letter((letter, state): &(Letter, LetterState)) -> Value {
    let (fate, at) = match state {
        LetterState::Waiting { .. } => ("en espera", None),
        LetterState::Accepted { at, .. } => ("aceptado por el servidor de correo", Some(at)),
        LetterState::Refused { at, .. } => ("rechazado por el servidor de correo", Some(at)),
        LetterState::Dropped { at } => ("no enviado, porque ya no servía", Some(at)),
    };
    json!({
        "tipo": letter.kind.to_stored(),
        "a": letter.to.masked(),
        "escrito": letter.queued_at.to_string(),
        "suerte": fate,
        "cuando": at.map(ToString::to_string),
    })
}

fn request(request: &DataRequest) -> Value {
    json!({
        "texto": request.text,
        "pedido": request.asked_at.to_string(),
        "vence": request.due_on.to_string(),
        "respondido": request.answered_at.map(|at| at.to_string()),
    })
}

fn happening(happening: &Happening) -> Value {
    json!({
        "cuando": happening.at.to_string(),
        "que": happening.event.to_stored(),
        "navegador": happening.browser.map(shown),
        "direccion_de_internet": happening.address.map(|address| address.to_string()),
    })
}
