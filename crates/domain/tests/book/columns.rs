//! Headers as insurers write them.

use zaguan_domain::book::Column;

#[test]
fn the_names_of_the_contract_are_read_back() {
    for column in Column::ALL {
        assert_eq!(Column::from_name(column.name()), Some(column));
        assert_eq!(Column::from_header(column.name()), Some(column));
        assert_eq!(Column::from_header(&column.name().to_uppercase().replace('_', " ")), Some(column));
    }
}

#[test]
fn quirk_26_headers_are_read_whatever_their_case_accents_dots_and_ways_to_write_number() {
    for (column, headers) in [
        (
            Column::Document,
            &[
                "Número de Documento",
                "Numero de documento",
                "NRO. DOCUMENTO",
                "nro_doc",
                "Nro.Doc.",
                "nroDoc",
                "NRODOC",
                "N° Doc.",
                "Nº de Documento",
                "N.º documento",
                "D.N.I.",
                "dni",
                "DNI del titular",
                "Cuit / Cuil Cliente",
                "\u{feff} Documento ",
            ][..],
        ),
        (Column::DocumentKind, &["Tipo de Documento", "tipo_doc", "TIPO DOC.", "TipoDocumento"]),
        (Column::Discriminator, &["Sexo", "GÉNERO"]),
        (Column::Line, &["Ramo", "Código de Ramo", "cod_ramo", "Descripción del Ramo"]),
        (
            Column::Number,
            &[
                "Póliza",
                "Número de Póliza",
                "N° Póliza",
                "Nº DE POLIZA",
                "nro_poliza",
                "Poliza Nro.",
                "NroPoliza",
            ],
        ),
        (Column::PreviousNumber, &["Póliza Anterior", "Nro. Póliza Anterior", "poliza_ant"]),
        (
            Column::Holder,
            &["apellido_nombre", "Apellido y Nombre", "Nombre del Cliente", "Razón Social", "Asegurado"],
        ),
        (Column::Email, &["E-mail", "Mail cliente", "e_mail", "eMail", "Correo electrónico", "CORREO"]),
        (Column::From, &["Fecha de Alta", "Vigencia Desde", "Fec. Desde", "Inicio de vigencia"]),
        (Column::To, &["Fecha Baja", "Vigencia Hasta", "Fin de vigencia", "Fecha Vto."]),
        (Column::State, &["Estado", "Estado de la póliza", "SITUACIÓN"]),
        (Column::Movement, &["Movimiento", "Tipo de Movimiento", "novedad"]),
    ] {
        for header in headers {
            assert_eq!(Column::from_header(header), Some(column), "{header}");
        }
    }
}

#[test]
fn what_may_well_mean_something_else_is_no_column() {
    for header in [
        "",
        " ",
        "°",
        "Número",
        "Numero",
        "Cliente",
        "ID Cliente",
        "Mail productor",
        "Estado civil",
        "Fecha de nacimiento",
        "Fecha de Ultima modificación",
        "Número de Certificado",
        "Apellido del cliente",
        "Motivo Baja",
        "Número de Tarjeta de crédito",
        "CBU",
        "DNI beneficiario",
        "Prima",
        "documento2",
    ] {
        assert_eq!(Column::from_header(header), None, "{header}");
    }
}

#[test]
fn of_several_headers_for_one_column_the_best_is_taken() {
    let headers = [
        "CUIT",
        "Descripción del Ramo",
        "Documento",
        "Código de Ramo",
        "Fecha de Alta",
        "Prima",
        "Vigencia desde",
    ];
    assert_eq!(
        Column::from_headers(&headers),
        [None, None, Some(Column::Document), Some(Column::Line), None, None, Some(Column::From)]
    );
    assert_eq!(Column::from_headers(&["CUIT", "Ramo"]), [Some(Column::Document), Some(Column::Line)]);
}

#[test]
fn headers_that_say_it_equally_well_are_both_the_column() {
    let both = [Some(Column::Document), Some(Column::Document)];
    assert_eq!(Column::from_headers(&["Documento Tomador", "Documento Asegurado"]), both);
    assert_eq!(Column::from_headers(&["documento", "DOCUMENTO"]), both);
}

#[test]
fn quirks_14_and_19_money_and_telephones_have_no_column_so_no_shape_of_theirs_matters() {
    for header in [
        "Prima",
        "Premio",
        "Suma Asegurada",
        "Importe",
        "Saldo",
        "Teléfono 1",
        "Tipo telefono 1",
        "Celular",
        "Móvil",
        "Fax",
    ] {
        assert_eq!(Column::from_header(header), None, "{header}");
    }
}
