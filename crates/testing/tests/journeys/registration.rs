//! Registration, and each way in which it can go wrong and ends well.

use crate::people::*;
use axum::http::StatusCode;
use jiff::SignedDuration;
use zaguan_testing::TestPortal;

#[tokio::test]
async fn a_person_registers_sets_a_password_signs_in_and_sees_their_policies() {
    let portal = TestPortal::new().await;
    let mut ana = portal.client();
    let page = register(&mut ana, &ANA).await;
    assert_eq!(page.path, "/registro/clave");
    assert!(page.says("12.345.678") && page.says(ANAS_EMAIL), "{}", page.words());
    portal.deliver().await;
    let letter = portal.last_letter_to(ANAS_EMAIL);
    assert!(letter.text.contains("Seguros del Zaguán") && !letter.text.contains("12.345.678"));
    let page = type_key(&mut ana, "/registro/clave", &letter.key()).await;
    assert_eq!(page.path, "/clave-definitiva");
    let page = set_password(&mut ana, GOOD_PASSWORD).await;
    assert_eq!((page.path.as_str(), page.value("usuario").as_str()), ("/ingreso", "12.345.678"));
    assert_eq!(page.texts("[role=status]").len(), 1, "one green notice: {}", page.words());
    let page = ana.submit(page.form("/ingreso").fill("clave", GOOD_PASSWORD)).await;
    assert_eq!(page.path, "/inicio");
    assert!(page.says("1234567") && page.says("Automotores") && page.says("Vigente"), "{}", page.words());
    let page = ana.submit(page.form("/salir")).await;
    assert_eq!(page.path, "/ingreso");
    assert_eq!(ana.get("/inicio").await.path, "/ingreso");
}

#[tokio::test]
async fn types_the_document_in_any_of_its_ways_and_is_shown_how_it_was_read() {
    let ways = [
        "12.345.678",
        "12 345 678",
        "DNI 12345678",
        "012345678",
        "20-12345678-6",
        "20123456786",
        " 12345678 ",
        "１２３４５６７８",
        "12,345,678",
        "D.N.I. 12.345.678",
    ];
    let portal = TestPortal::new().await;
    for way in ways {
        let mut ana = portal.client();
        let page = register_with(&mut ana, &ana_but("documento", way)).await;
        assert_eq!(page.path, "/registro/clave", "{way}: {}", page.words());
        assert!(page.says("12.345.678"), "{way}: {}", page.words());
    }
    let mut ana = portal.client();
    let mut fields = ana_but("documento", "20-12345678-6");
    fields[2].1 = "999".to_owned();
    let page = register_with(&mut ana, &fields).await;
    assert!(page.says("Tomamos el documento 12.345.678 de su CUIL"), "{}", page.words());
}

#[tokio::test]
async fn types_a_cuil_with_a_wrong_check_digit_and_keeps_the_rest_of_the_form() {
    let portal = TestPortal::new().await;
    let mut ana = portal.client();
    let page = register_with(&mut ana, &ana_but("documento", "20-12345687-6")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.errors().len(), 1, "{:?}", page.errors());
    assert_eq!(page.errors()[0].0, "documento");
    for (name, value) in ana_but("documento", "20-12345687-6") {
        assert_eq!(page.value(name), value);
    }
}

#[tokio::test]
async fn types_the_policy_with_zeros_separators_and_suffixes() {
    let portal = TestPortal::new().await;
    for way in ["0001234567", "1234567", "1.234.567", "1234567/0", " 1234567 ", "1234567-0"] {
        let mut ana = portal.client();
        let page = register_with(&mut ana, &ana_but("poliza", way)).await;
        assert_eq!(page.path, "/registro/clave", "{way}: {}", page.words());
    }
}

#[tokio::test]
async fn does_not_know_the_word_ramo() {
    let portal = TestPortal::new().await;
    let mut ana = portal.client();
    let page = ana.get("/registro").await;
    assert!(page.says("¿Qué tiene asegurado?"), "{}", page.words());
    let options = page.texts("select[name=ramo] option");
    assert_eq!(options.last().map(String::as_str), Some("No sé"));
    assert!(
        options.iter().any(|option| option.contains("Automotores") && option.contains("Auto, camioneta"))
    );
    assert!(!options.iter().any(|option| option.contains("Aeronavegación")), "only what is in the book");
    let page = register_with(&mut ana, &ana_but("ramo", "no-se")).await;
    assert_eq!(page.path, "/registro/clave", "{}", page.words());
}

#[tokio::test]
async fn chooses_the_wrong_ramo_or_a_wrong_number_and_is_told_at_once() {
    let portal = TestPortal::new().await;
    let mut words = Vec::new();
    for fields in [
        ana_but("ramo", "combinado-familiar"),
        ana_but("poliza", "7654321"),
        ana_but("documento", "22333444"),
    ] {
        let mut ana = portal.client();
        let page = register_with(&mut ana, &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let help = ["otra persona", "0800-555-0123", "No hay una póliza con esos datos"];
        assert!(help.iter().all(|help| page.says(help)), "{}", page.words());
        words.push(page.texts("[role=alert]").join(" "));
        for (name, value) in fields {
            assert_eq!(page.value(name), value);
        }
    }
    assert!(words.windows(2).all(|pair| pair[0] == pair[1]), "which datum is wrong is never said: {words:?}");
    portal.deliver().await;
    assert!(portal.letters().is_empty());
}

#[tokio::test]
async fn types_the_plate_the_claim_or_the_procedure_number_in_the_wrong_field() {
    let portal = TestPortal::new().await;
    for (field, typed, seems) in [
        ("poliza", "AB 123 CD", "patente"),
        ("poliza", "SIN-2024-00123", "siniestro"),
        ("documento", "00123456789", "trámite"),
        ("documento", "AB123CD", "patente"),
        ("documento", "ana@gmail.com", "correo"),
    ] {
        let mut ana = portal.client();
        let page = register_with(&mut ana, &ana_but(field, typed)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.texts("[role=alert]").join(" ").contains(seems), "{typed}: {}", page.words());
    }
}

#[tokio::test]
async fn shares_their_document_number_with_another_person_and_gets_in_like_anybody() {
    let portal = TestPortal::new().await;
    for (namesake, other) in [(NAMESAKES[0], NAMESAKES[1]), (NAMESAKES[1], NAMESAKES[0])] {
        let mut person = registered_namesake(&portal, namesake).await;
        let page = sign_in(&mut person, "4123456", namesake.2).await;
        assert_eq!(page.path, "/inicio", "{}", page.words());
        assert!(page.says(namesake.0) && !page.says(other.0), "each sees only their own: {}", page.words());
    }
}

#[tokio::test]
async fn two_people_with_one_number_cannot_have_one_password() {
    let portal = TestPortal::new().await;
    registered_namesake(&portal, NAMESAKES[0]).await;
    let (number, email, _) = NAMESAKES[1];
    let mut raul = registered_namesake(&portal, (number, email, NAMESAKES[0].2)).await;
    let page = set_password(&mut raul, NAMESAKES[0].2).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.errors().len(), 1, "{}", page.words());
    assert_eq!(set_password(&mut raul, OTHER_PASSWORD).await.path, "/ingreso");
}

#[tokio::test]
async fn writes_gmial_and_is_asked_once_and_may_insist_or_take_the_suggestion() {
    let portal = TestPortal::new().await;
    let mut ana = portal.client();
    let page = register_with(&mut ana, &ana_but("email", "ana@gmial.com")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("ana@gmail.com"), "{}", page.words());
    let form = page.form("/registro");
    assert!(form.has("email_sugerido"));
    let insisted = ana.clone().submit(form.clone()).await;
    assert_eq!(insisted.path, "/registro/clave", "{}", insisted.words());
    assert!(insisted.says("ana@gmial.com"));
    let taken = ana.submit(form.forge("email_sugerido", "ana@gmail.com")).await;
    assert_eq!(taken.path, "/registro/clave", "{}", taken.words());
    assert!(taken.says("ana@gmail.com"));
}

#[tokio::test]
async fn wrote_a_wrong_address_and_corrects_it_on_the_next_page_and_the_old_key_dies() {
    let portal = TestPortal::new().await;
    let mut ana = portal.client();
    let page = register_with(&mut ana, &ana_but("email", "otra.ana@gmail.com")).await;
    portal.deliver().await;
    let old = portal.last_letter_to("otra.ana@gmail.com").key();
    let page = ana.submit(page.form("/registro/corregir").fill("email", ANAS_EMAIL)).await;
    assert_eq!(page.path, "/registro/clave");
    assert!(page.says(ANAS_EMAIL), "{}", page.words());
    portal.deliver().await;
    let page = type_key(&mut ana, "/registro/clave", &old).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "the old key is dead");
    let page = type_key(&mut ana, "/registro/clave", &portal.last_letter_to(ANAS_EMAIL).key()).await;
    assert_eq!(page.path, "/clave-definitiva");
}

#[tokio::test]
async fn gets_no_mail_and_sees_what_really_happened_to_it_and_asks_for_another() {
    let portal = TestPortal::new().await;
    let mut ana = portal.client();
    let page = register(&mut ana, &ANA).await;
    assert!(page.says("Correo no deseado"), "{}", page.words());
    let status = ana.get("/registro/clave/estado").await;
    assert!(status.headers.contains_key("refresh"), "it refreshes itself: {:?}", status.headers);
    portal.defer_letters("451 4.7.1 Greylisted, try again");
    portal.deliver().await;
    let deferred = ana.get("/registro/clave/estado").await;
    assert_ne!(deferred.words(), status.words());
    portal.refuse_letters("550 5.1.1 No such user here");
    portal.world().pass(SignedDuration::from_mins(2));
    portal.deliver().await;
    let refused = ana.get("/registro/clave/estado").await;
    assert!(refused.says("no existe"), "{}", refused.words());
    portal.accept_letters();
    let page = ana.get("/registro/clave").await;
    let page = ana.submit(page.form("/registro/reenviar")).await;
    assert_eq!(page.path, "/registro/clave");
    portal.deliver().await;
    let accepted = ana.get("/registro/clave/estado").await;
    assert!(accepted.says(TestPortal::MAIL_SERVER), "{}", accepted.words());
    assert_eq!(portal.letters().len(), 1);
}

#[tokio::test]
async fn asks_for_another_letter_too_early_and_is_told_how_long_to_wait() {
    let portal = TestPortal::new().await;
    let mut ana = portal.client();
    let page = register(&mut ana, &ANA).await;
    portal.deliver().await;
    portal.world().pass(SignedDuration::from_secs(20));
    let early = ana.submit(page.form("/registro/reenviar")).await;
    assert!(early.says("40 segundos"), "{}", early.words());
    portal.deliver().await;
    assert_eq!(portal.letters().len(), 1);
    portal.world().pass(SignedDuration::from_secs(40));
    ana.submit(page.form("/registro/reenviar")).await;
    portal.deliver().await;
    let letters = portal.letters();
    assert_eq!(letters.len(), 2);
    assert_eq!(letters[0].key(), letters[1].key(), "the same key again");
}

#[tokio::test]
async fn presses_guardar_twice_goes_back_and_opens_two_tabs() {
    let portal = TestPortal::new().await;
    let mut ana = portal.client();
    let page = ana.get("/registro").await;
    let form = ANA.iter().fold(page.form("/registro"), |form, (name, text)| form.fill(name, text));
    let mut second_tab = ana.clone();
    let (first, second) = tokio::join!(ana.submit(form.clone()), second_tab.submit(form.clone()));
    assert_eq!((first.path.as_str(), second.path.as_str()), ("/registro/clave", "/registro/clave"));
    let again = ana.submit(form).await;
    assert_eq!(again.path, "/registro/clave");
    portal.deliver().await;
    assert_eq!(portal.letters().len(), 1);
    let key = portal.last_letter_to(ANAS_EMAIL).key();
    for _ in 0..2 {
        assert_eq!(type_key(&mut ana, "/registro/clave", &key).await.path, "/clave-definitiva");
    }
    let form = ana.get("/clave-definitiva").await.form("/clave-definitiva").fill("clave", GOOD_PASSWORD);
    let mut second_tab = ana.clone();
    let (first, second) = tokio::join!(ana.submit(form.clone()), second_tab.submit(form));
    assert_eq!((first.path.as_str(), second.path.as_str()), ("/ingreso", "/ingreso"), "{}", second.words());
    portal.deliver().await;
    assert_eq!(portal.letters().len(), 2, "the key, and one notice");
}

#[tokio::test]
async fn leaves_nothing_of_themselves_on_a_shared_computer_once_the_journey_is_done() {
    let portal = TestPortal::new().await;
    let mut ana = registered_ana(&portal).await;
    for path in ["/registro/clave", "/recuperar/clave", "/recuperar", "/registro"] {
        let page = ana.get(path).await;
        assert!(
            !page.body.contains("12.345.678") && !page.body.contains(ANAS_EMAIL),
            "{path}: {}",
            page.words()
        );
    }
    let page = ana.get("/clave-definitiva").await;
    assert!(page.links().iter().any(|to| to == "/ingreso"), "{}", page.words());
}

#[tokio::test]
async fn an_old_tab_with_another_password_is_told_that_the_key_was_used() {
    let portal = TestPortal::new().await;
    let mut ana = portal.client();
    register(&mut ana, &ANA).await;
    portal.deliver().await;
    type_key(&mut ana, "/registro/clave", &portal.last_letter_to(ANAS_EMAIL).key()).await;
    let page = ana.get("/clave-definitiva").await;
    let mut old_tab = ana.clone();
    set_password(&mut ana, GOOD_PASSWORD).await;
    let page = old_tab.submit(page.form("/clave-definitiva").fill("clave", OTHER_PASSWORD)).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.links().iter().any(|to| to == "/ingreso"), "{}", page.words());
    assert_eq!(sign_in(&mut ana, "12345678", GOOD_PASSWORD).await.path, "/inicio");
}

#[tokio::test]
async fn is_already_registered_and_registers_again() {
    let portal = TestPortal::new().await;
    registered_ana(&portal).await;
    let before = portal.letters().len();
    let mut stranger = portal.client();
    let page = register_with(&mut stranger, &ana_but("email", "otro@gmail.com")).await;
    portal.deliver().await;
    let status = stranger.get("/registro/clave/estado").await;
    let mut fresh = portal.client();
    let luis =
        [("documento", "30123456"), ("ramo", "no-se"), ("poliza", "7654"), ("email", "otro@gmail.com")];
    let same = register(&mut fresh, &luis).await;
    portal.deliver().await;
    let same_status = fresh.get("/registro/clave/estado").await;
    assert_eq!(page.words().replace("12.345.678", "30.123.456"), same.words());
    assert_eq!(status.words(), same_status.words());
    let letters = &portal.letters()[before..];
    assert_eq!(letters[0].to, ANAS_EMAIL, "who has a user is written to where the account is");
    assert!(letters[0].text.contains("ya tiene") && letters[0].text.contains("/recuperar"));
    assert!(letters.iter().filter(|letter| letter.to == "otro@gmail.com").count() == 1, "only Luis's own");
}

#[tokio::test]
async fn someone_else_tries_to_register_with_their_document_and_reserves_nothing() {
    let portal = TestPortal::new().await;
    let mut stranger = portal.client();
    register_with(&mut stranger, &ana_but("email", "extranio@gmail.com")).await;
    portal.deliver().await;
    let theirs = portal.last_letter_to("extranio@gmail.com").key();
    let mut ana = registered_ana(&portal).await;
    let page = type_key(&mut stranger, "/registro/clave", &theirs).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "their key died");
    assert_eq!(sign_in(&mut ana, "12345678", GOOD_PASSWORD).await.path, "/inicio");
}

#[tokio::test]
async fn has_a_policy_that_lapsed() {
    let portal = TestPortal::new().await;
    let mut lately = portal.client();
    let fields =
        [("documento", "22.333.444"), ("ramo", "no-se"), ("poliza", "90001"), ("email", "eva@gmail.com")];
    let page = register(&mut lately, &fields).await;
    assert_eq!(page.path, "/registro/clave", "it ended a year ago: {}", page.words());
    portal.deliver().await;
    type_key(&mut lately, "/registro/clave", &portal.last_letter_to("eva@gmail.com").key()).await;
    set_password(&mut lately, GOOD_PASSWORD).await;
    let page = sign_in(&mut lately, "22333444", GOOD_PASSWORD).await;
    assert!(page.says("Vencida"), "{}", page.words());
    let mut long_ago = portal.client();
    let fields =
        [("documento", "22.333.445"), ("ramo", "no-se"), ("poliza", "90002"), ("email", "eva@gmail.com")];
    let page = register(&mut long_ago, &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("0800-555-0123"), "{}", page.words());
}

#[tokio::test]
async fn picks_a_bad_password_and_is_told_why_and_long_phrases_are_welcome() {
    let portal = TestPortal::new().await;
    let mut ana = portal.client();
    register(&mut ana, &ANA).await;
    portal.deliver().await;
    type_key(&mut ana, "/registro/clave", &portal.last_letter_to(ANAS_EMAIL).key()).await;
    for bad in [
        "",
        "corta",
        "12345678",
        "12.345.678 1",
        "1234567 1234567",
        "ana.perez@gmail.com",
        "Seguros del Zaguán",
        "aaaaaaaaaaaaaa",
        "qwertyuiopasdf",
        "password1234",
        &"x1 ".repeat(2000),
    ] {
        let page = set_password(&mut ana, bad).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad:.20}");
        assert_eq!(page.errors().len(), 1, "{bad:.20}: {}", page.words());
        assert_eq!(page.value("clave"), "", "a password is never shown again: {bad:.20}");
    }
    let page = set_password(&mut ana, " ñandú con poncho 🦙 y sombrero ").await;
    assert_eq!(page.path, "/ingreso", "{}", page.words());
    assert_eq!(sign_in(&mut ana, "12345678", " ñandú con poncho 🦙 y sombrero ").await.path, "/inicio");
    assert_eq!(
        sign_in(&mut portal.client(), "12345678", "ñandú con poncho 🦙 y sombrero").await.path,
        "/ingreso"
    );
}
