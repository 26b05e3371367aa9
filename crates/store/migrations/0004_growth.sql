-- What is asked of a database that has grown: who answers a call looks for the letters about a document.

create index letter_of_document on letter (document);
