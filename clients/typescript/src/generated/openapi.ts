// Generated from the server's OpenAPI document by `npm run generate`.

export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where to start */
        get: operations["docs_start"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The public keys of access tokens
         * @description For programs that verify access tokens on their own. A signature alone does not say that its user may still do
         *     anything: that is decided when the token is used here.
         */
        get: operations["auth_jwks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/security.txt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * To whom vulnerabilities are reported
         * @description Where the operator has named somebody.
         */
        get: operations["docs_security_txt"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/account.css": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The style of the pages */
        get: operations["account_style"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/account.js": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The script of the pages */
        get: operations["account_script"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/{page}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The page of a link that was mailed */
        get: operations["account_page"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document, for people */
        get: operations["docs_page"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/docs.css": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The style of the page */
        get: operations["docs_style"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/docs.js": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The script of the page */
        get: operations["docs_script"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the process and its servers are */
        get: operations["health_report"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the process answers
         * @description It does so whatever its servers do: starting it again would not bring a database back.
         */
        get: operations["health_live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process can do its work */
        get: operations["health_ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See what happened anywhere
         * @description Needs `audit:read:all`. The newest comes first. Read from the log, so it is always up to date.
         */
        get: operations["audit_audit_log"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/change-email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for another e-mail address
         * @description It is the account's once its owner has followed the link that is mailed to it. The answer tells nobody whether another
         *     account has the address: only who reads its mail learns that. Takes a recent authentication. `Idempotency-Key` has no
         *     meaning here: the same address within a minute is mailed once.
         */
        post: operations["auth_change_email"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/change-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change one's password
         * @description Ends all other sessions; this one goes on with the tokens of the answer. `Idempotency-Key` has no meaning here: the
         *     answer is a secret and is not kept.
         */
        post: operations["auth_change_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/confirm-email-change": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take another e-mail address
         * @description With the token that was mailed to it. The old address is mailed a way back, for seven days. `Idempotency-Key` has no
         *     meaning here: a token counts once.
         */
        post: operations["auth_confirm_email_change"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/forgot-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for a link to choose a new password
         * @description The answer tells nobody whether there is such an account. Within a minute of the last mail there is no other.
         *     `Idempotency-Key` has no meaning here.
         */
        post: operations["auth_forgot_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in
         * @description An unknown address and a wrong password are answered alike. Where the account has a second factor, a right password
         *     without a code is answered `second_factor_required`, with no token of any kind. After five attempts that have failed,
         *     further ones have to wait: one second, then twice as long each time, up to a quarter of an hour. `Idempotency-Key` has
         *     no meaning here: the answer is a secret and is not kept.
         */
        post: operations["auth_login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign out
         * @description Ends the session that the access token is of. Its tokens are refused everywhere within two seconds. A browser that
         *     keeps the refresh token in the cookie forgets it, and what the page had stored.
         */
        post: operations["auth_logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/logout-all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign out everywhere
         * @description Ends all sessions of the caller, this one included. All access tokens are refused everywhere within two seconds.
         */
        post: operations["auth_logout_all"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/mfa/totp/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Switch the second factor on
         * @description From now on signing in takes a code. The recovery codes of the answer take its place, once each. Ends all other
         *     sessions; this one goes on with the tokens of the answer. `Idempotency-Key` has no meaning here: the answer is a secret
         *     and is not kept.
         */
        post: operations["mfa_confirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/mfa/totp/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Switch the second factor off
         * @description Or drop one that was begun. A password that is good enough beside a second factor only is refused: change it first.
         *     Takes a recent authentication. Where one was on, ends all other sessions; this one goes on with the tokens of the
         *     answer. `Idempotency-Key` has no meaning here: a repeat changes nothing.
         */
        post: operations["mfa_disable"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/mfa/totp/enrol": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin with a second factor
         * @description Takes the place of a secret that was not confirmed. Takes a recent authentication. `Idempotency-Key` has no meaning
         *     here: the answer is a secret and is not kept.
         */
        post: operations["mfa_enrol"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/mfa/totp/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get new recovery codes
         * @description In the place of all earlier ones. Takes a recent authentication. Ends all other sessions; this one goes on with the
         *     tokens of the answer. `Idempotency-Key` has no meaning here: the answer is a secret and is not kept.
         */
        post: operations["mfa_replace_recovery_codes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get new tokens for a session
         * @description A refresh token counts once; the answer has its successor. Shown again within ten seconds, the same successor comes
         *     again; shown later, the session is ended, since somebody has a copy of it. With the cookie, `X-CSRF-Token` is
         *     required. `Idempotency-Key` has no meaning here.
         */
        post: operations["auth_refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register an account
         * @description The answer tells nobody whether the address has an account already: its owner learns it by mail.
         */
        post: operations["auth_register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/resend-verification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for another mail to verify one's address
         * @description The answer tells nobody whether there is such an account, nor whether its address is verified. Within a minute of the
         *     last mail there is no other. `Idempotency-Key` has no meaning here.
         */
        post: operations["auth_resend_verification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/reset-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Choose a new password with the token that was mailed
         * @description Signs nobody in, ends all sessions, and leaves the second factor on. `Idempotency-Key` has no meaning here: a token
         *     counts once.
         */
        post: operations["auth_reset_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List one's own sessions */
        get: operations["auth_list_sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one of one's own sessions
         * @description Its refresh token counts no more, and its access tokens are refused everywhere within two seconds. Ending another one
         *     than the caller's takes a recent authentication.
         */
        delete: operations["auth_end_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/step-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Prove again who you are
         * @description For ten minutes after it, the session may do what takes a recent authentication and is answered 403
         *     `step_up_required` otherwise. It goes on with the tokens of the answer; those from before count no more.
         *     `Idempotency-Key` has no meaning here: the answer is a secret and is not kept.
         */
        post: operations["auth_step_up"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/undo-email-change": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take the former e-mail address back
         * @description With the token that was mailed to it when it was changed. Ends all sessions, and closes the ways back to addresses that
         *     came later. `Idempotency-Key` has no meaning here: a token counts once.
         */
        post: operations["auth_undo_email_change"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/verify-email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Verify one's address
         * @description With the token that was mailed to it; a repeat is harmless. `Idempotency-Key` has no meaning here: a token counts once.
         */
        post: operations["auth_verify_email"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Do several things at once
         * @description Up to 100 operations on records of any collections, all of them or none: as far as others can see, at one moment. Each is
         *     done on the records as those before leave them, and needs the same permissions and rules as the single request. What is
         *     refused is told with the number of the operation, and then nothing was done.
         */
        post: operations["records_run_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/collections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List collections
         * @description By name.
         */
        get: operations["collections_list_collections"];
        put?: never;
        /** Define a collection */
        post: operations["collections_define_collection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/collections/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a collection */
        get: operations["collections_show_collection"];
        put?: never;
        post?: never;
        /**
         * Delete a collection
         * @description One that has records is deleted with `force=true` only: nobody reaches them then, by no name. Its own name is free
         *     again. One to which relations of others lead is not deleted at all (409 `collection_referenced`).
         */
        delete: operations["collections_delete_collection"];
        options?: never;
        head?: never;
        /**
         * Change a collection
         * @description In ways that leave every record valid that there is: at once. Any other change is accepted (202), and made once all records
         *     were looked at and are valid under it, as they are or as `upcast` makes them; `GET /v1/collections/{name}/change` tells.
         */
        patch: operations["collections_change_collection"];
        trace?: never;
    };
    "/v1/collections/{name}/change": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the change of a collection
         * @description The last one to which records may not have kept as they are: whether it is pending, and what was found.
         */
        get: operations["collections_show_change"];
        put?: never;
        post?: never;
        /**
         * Withdraw the change of a collection
         * @description While it is pending; the collection stays as it is.
         */
        delete: operations["collections_withdraw_change"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/collections/{name}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export records
         * @description Those for which the collection's rule for `list` holds, and `filter` too, from the oldest to the newest, as a stream of any
         *     length. What is exported can be imported. An export that does not come to its end ends in the middle of the answer: nobody
         *     takes it for a whole one.
         */
        get: operations["records_export_records"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/collections/{name}/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start an import
         * @description Its content comes with `PUT /v1/imports/{id}/content`. At most ten of somebody's imports are open at once.
         */
        post: operations["imports_start_import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/collections/{name}/records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List records
         * @description Those for which the collection's rule for `list` holds, and `filter` too. The newest comes first, or what `search` finds
         *     best, unless `sort` says otherwise.
         */
        get: operations["records_list_records"];
        put?: never;
        /**
         * Create a record
         * @description The body has the fields that the collection declares; those with a `default` can be left out. The collection's rule for `create` has to hold for the record.
         */
        post: operations["records_create_record"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/collections/{name}/records/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Search records
         * @description The list of records, asked for by a body instead of parameters. It changes nothing.
         */
        post: operations["records_search_records"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/collections/{name}/records/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a record
         * @description One for which the collection's rule for `view` does not hold is not there. With `at` it is shown as it was, if it was not
         *     deleted then, as far as the collection shows history; the rule has to hold for that, and for the record as it is, or was
         *     last.
         */
        get: operations["records_show_record"];
        /**
         * Replace a record, or create one of a known id
         * @description The body is the whole content; fields with a `default` can be left out. The collection's rule for `update` has to hold for
         *     the record before and after. With `If-None-Match: *` the record is created, under an id that the client has made: a
         *     UUIDv7. That takes the permission to create records, and the rule for `create`; 412 `already_exists` when there is one.
         */
        put: operations["records_replace_record"];
        post?: never;
        /**
         * Delete a record
         * @description What becomes of the records that refer to it, the relations of their collections say: they keep it from being deleted
         *     (409 `referenced`), lose the reference, or are deleted too; 100 references end at once, at most.
         */
        delete: operations["records_delete_record"];
        options?: never;
        head?: never;
        /**
         * Change a record
         * @description A JSON Merge Patch (RFC 7396) of its fields: absent members stay as they are, `null` removes. The collection's rule for
         *     `update` has to hold for the record before and after.
         */
        patch: operations["records_change_record"];
        trace?: never;
    };
    "/v1/collections/{name}/records/{id}/files/{file}/url": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a URL for a file that a record names
         * @description For whoever may see the record. The file counts as the record's when its owner has written its id into the record; that is
         *     so a moment after the record was written.
         */
        post: operations["files_sign_url_for_record"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/collections/{name}/records/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the versions of a record
         * @description The newest comes first. As far as the collection shows history (`history` of its definition), and only versions for which
         *     its rule for `view` holds, of a record for which it holds now, or held last; so a page may have fewer than `limit`.
         */
        get: operations["records_list_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/collections/{name}/records/{id}/history/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Compare two versions of a record
         * @description Both have to be shown to the caller: see the list of versions.
         */
        get: operations["records_diff_versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/collections/{name}/records/{id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore a record
         * @description A deleted record comes back as it was last, or the content of an older version becomes the content anew, as a new version.
         *     The collection's rules for `view` and `update` have to hold for the record as it is, or was last, and as it is to be; the
         *     schema, the unique values and the relations of now count.
         */
        post: operations["records_restore_record"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List files
         * @description One's own, the newest first. Whoever has `files:read:all` may ask for those of another `owner`, or of everybody with `*`.
         */
        get: operations["files_list_files"];
        put?: never;
        /**
         * Upload a file
         * @description The body is the content itself, or a form (`multipart/form-data`) with one part, `file`. The name comes from `name`, from
         *     `Content-Disposition`, or from the form. The type is the one that the content shows; `Content-Type` counts where nothing
         *     contradicts it. With a digest (`Content-Digest` or `Repr-Digest`, `sha-256`) other content is refused.
         */
        post: operations["files_create_file"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/files/tus": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin an upload that can be resumed
         * @description After tus 1.0.0 (creation): the content comes with `PATCH` to the URL in `Location`, in one request or in several. The file
         *     is there when all of it has come, under the same id.
         */
        post: operations["files_begin_upload"];
        delete?: never;
        /** Tell what of the protocol for resumable uploads is spoken here */
        options: operations["files_uploads_options"];
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/files/tus/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show how far an upload is
         * @description After tus 1.0.0: `HEAD`, for `Upload-Offset`, where the next `PATCH` begins. Also when all has come, and the file is there.
         */
        get: operations["files_show_upload"];
        put?: never;
        post?: never;
        /**
         * Give up an upload
         * @description After tus 1.0.0 (termination): what has come of it goes.
         */
        delete: operations["files_end_upload"];
        options?: never;
        head?: never;
        /**
         * Go on with an upload
         * @description After tus 1.0.0: the bytes from `Upload-Offset` on. What has come is kept when the connection breaks, unless the request has
         *     a checksum: then all of it counts, or nothing. One request at a time.
         */
        patch: operations["files_append_upload"];
        trace?: never;
    };
    "/v1/files/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show how much room one's own files take */
        get: operations["files_show_usage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/files/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show what is known of a file */
        get: operations["files_show_file"];
        put?: never;
        post?: never;
        /**
         * Delete a file
         * @description Nobody gets at it from then on; its content is removed shortly after.
         */
        delete: operations["files_delete_file"];
        options?: never;
        head?: never;
        /**
         * Rename a file
         * @description Its content never changes: other content is another file.
         */
        patch: operations["files_rename_file"];
        trace?: never;
    };
    "/v1/files/{id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download a file
         * @description Also a part of it (`Range`, one range of bytes). The ETag is made of the content, which never changes. What browsers would
         *     run something of is for saving only, whatever `disposition` says.
         */
        get: operations["files_download_file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/files/{id}/signed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download a file by a signed URL
         * @description As `POST /v1/files/{id}/url` made it; nothing about it can be changed. Pages of other origins may show what it opens.
         */
        get: operations["files_download_signed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/files/{id}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a small picture of a file
         * @description Of GIF, JPEG, PNG and WebP; made by workers after the upload: until then it is 404 `not_ready`. Where none can be made it is
         *     404 `not_found`.
         */
        get: operations["files_show_thumbnail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/files/{id}/url": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a URL that opens a file without a token
         * @description For whoever has the URL, for as long as asked; it cannot be withdrawn but by deleting the file.
         */
        post: operations["files_sign_url"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List imports
         * @description One's own, the newest first. Whoever has `records:create:all` may ask for those of another `owner`, or of everybody with `*`.
         */
        get: operations["imports_list_imports"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/imports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show how far an import is
         * @description As the log has it at this moment: `received_bytes` is where to go on.
         */
        get: operations["imports_show_import"];
        put?: never;
        post?: never;
        /**
         * Give up an import
         * @description The records that it has made stay; the rest of the content is not taken any more.
         */
        delete: operations["imports_abandon_import"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/imports/{id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Bring the content of an import
         * @description Of any size. Lines are done as they come: each becomes a record, or an error of the import, exactly once. Where the request
         *     breaks off, what was done counts: send all of it again, and what was done is passed over; or go on at `received_bytes` of the
         *     import, with `Upload-Offset`. One request at a time.
         */
        put: operations["imports_upload_import"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/imports/{id}/errors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was wrong with lines of an import
         * @description In the order of lines; of an import 1,000 are kept, the others are counted only.
         */
        get: operations["imports_list_import_errors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Open a connection for live updates
         * @description A WebSocket with the subprotocol `tidemark.v1`. The access token goes into its first message.
         */
        get: operations["live_connect"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The API as an OpenAPI document */
        get: operations["docs_document"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List roles
         * @description There are at most 200 beside the built-in ones, so they come all at once. All roles have one version.
         */
        get: operations["roles_list_roles"];
        put?: never;
        /**
         * Define a role
         * @description Nobody gives more than they have: what the role permits, the caller has to have. Needs a recent authentication.
         */
        post: operations["roles_define_role"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/roles/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a role */
        get: operations["roles_show_role"];
        put?: never;
        post?: never;
        /**
         * Delete a role
         * @description Whoever has it loses what it permits, within a second. Its name is not given again. Needs a recent authentication.
         */
        delete: operations["roles_delete_role"];
        options?: never;
        head?: never;
        /**
         * Change what a role permits
         * @description Felt by everybody who has the role within a second. Nobody gives or takes more than they have. Needs a recent
         *     authentication.
         */
        patch: operations["roles_change_role"];
        trace?: never;
    };
    "/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List users
         * @description Needs `users:read:all`. The newest comes first, unless `sort` says otherwise.
         */
        get: operations["users_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show one's own account */
        get: operations["users_me"];
        put?: never;
        post?: never;
        /**
         * Erase one's own account
         * @description For good: everything about the person is destroyed, in the log, in read models and in every backup of them; nobody can
         *     undo it. Takes a recent authentication. Administrators have to give up that role first. Where it is answered 202, the
         *     request was noted and is carried out within the next quarter of an hour.
         */
        delete: operations["users_erase_me"];
        options?: never;
        head?: never;
        /** Change one's own profile */
        patch: operations["users_change_profile"];
        trace?: never;
    };
    "/v1/users/me/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List one's API keys
         * @description Without their secrets, which are shown once only. There are at most 50, so they come all at once.
         */
        get: operations["api_keys_list_api_keys"];
        put?: never;
        /**
         * Make an API key
         * @description Needs a recent authentication. `Idempotency-Key` has no meaning here: the answer holds a secret and is not kept.
         */
        post: operations["api_keys_create_api_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an API key
         * @description It counts no more within a second, on every process.
         */
        delete: operations["api_keys_revoke_api_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See what happened to one's own account
         * @description The newest comes first. Read from the log, so it is always up to date.
         */
        get: operations["audit_my_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me/avatar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show one's own picture */
        get: operations["users_show_own_avatar"];
        /**
         * Show oneself by a picture
         * @description The body is a PNG, JPEG, WebP or GIF of at most 10 MiB and 50 million pixels, as its content shows it. It becomes a file of
         *     the caller's, and the one before is deleted. Others see small pictures of it only, without the camera's notes.
         */
        put: operations["users_change_avatar"];
        post?: never;
        /**
         * Show oneself by no picture
         * @description Its file is deleted shortly after.
         */
        delete: operations["users_remove_avatar"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me/exports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the exports of one's own data */
        get: operations["users_list_exports"];
        put?: never;
        /**
         * Ask for all data about oneself
         * @description The answer names an export that is being made; look at it until its state is `ready`, then download it, within 24
         *     hours. Three of them are kept at a time. Takes a recent authentication.
         */
        post: operations["users_request_export"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me/exports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show an export of one's own data */
        get: operations["users_show_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me/exports/{id}/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download an export of one's own data
         * @description Takes a recent authentication.
         */
        get: operations["users_download_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a user */
        get: operations["users_show"];
        put?: never;
        post?: never;
        /**
         * Erase a user
         * @description As the user could do it. Takes a recent authentication, and at least the permissions that the user has. A repeat is
         *     answered alike.
         */
        delete: operations["users_erase_user"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{id}/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See what happened to a user's account
         * @description Also of those who were erased. The newest comes first. Read from the log, so it is always up to date.
         */
        get: operations["audit_user_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{id}/avatar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the picture of a user
         * @description To whoever may read the account. In small, made by workers after the upload: until then it is 404 `not_ready`. Where there
         *     is none, or none can be made, it is 404 `not_found`.
         */
        get: operations["users_show_avatar"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{id}/logout-all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End all sessions of a user
         * @description Everywhere within two seconds; the user may sign in anew. API keys stay. Takes a recent authentication, and nobody does
         *     it to somebody who may do more to others.
         */
        post: operations["users_logout_all"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{id}/reactivate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a suspended account active again
         * @description Its user has to sign in anew. Takes a recent authentication.
         */
        post: operations["users_reactivate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{id}/roles/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Give a user a role
         * @description Counts within a second, without a new token. Nobody gives more than they have. Needs a recent authentication.
         */
        put: operations["users_grant_role"];
        post?: never;
        /**
         * Take a role from a user
         * @description Counts within a second. Nobody takes more than they have, and nobody the role `admin` from themselves. Needs a recent
         *     authentication.
         */
        delete: operations["users_revoke_role"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{id}/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Suspend an account
         * @description All of its sessions end within two seconds, and nobody signs in to it. Nobody suspends themselves, or
         *     somebody who may do more to others. Takes a recent authentication.
         */
        post: operations["users_suspend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List webhooks
         * @description Without their secrets, which are shown once only. There are at most 100, so they come all at once.
         */
        get: operations["webhooks_list_webhooks"];
        put?: never;
        /**
         * Create a webhook
         * @description What happens from then on is sent. Whoever reads there sees what happens to everybody, so it needs a recent
         *     authentication. There are at most 100. `Idempotency-Key` has no meaning here: the answer holds a secret and is not kept.
         */
        post: operations["webhooks_create_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a webhook */
        get: operations["webhooks_show_webhook"];
        put?: never;
        post?: never;
        /**
         * Delete a webhook
         * @description Nothing is sent there any more, not even what is on its way. Its address and its secrets cannot be read again, by anybody.
         */
        delete: operations["webhooks_delete_webhook"];
        options?: never;
        head?: never;
        /**
         * Change a webhook
         * @description What happens from then on is sent as it says; what happened before, and is still on its way, goes to the new address. Whoever
         *     changes more than the description says who sees what happens to everybody, so that needs a recent authentication.
         */
        patch: operations["webhooks_change_webhook"];
        trace?: never;
    };
    "/v1/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was sent to a webhook
         * @description The newest first, for 30 days.
         */
        get: operations["webhooks_list_deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/deliveries/{delivery}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show what was sent to a webhook, and what it answered */
        get: operations["webhooks_show_delivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/deliveries/{delivery}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send an event to a webhook again
         * @description Whatever came of it before. The receiver sees the same `webhook-id`.
         */
        post: operations["webhooks_replay_delivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send nothing to a webhook any more
         * @description What is on its way is given up.
         */
        post: operations["webhooks_disable_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send to a webhook again
         * @description What happens from then on is sent. What happened while it was disabled is sent once it is asked for: `POST …/replay`.
         */
        post: operations["webhooks_enable_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send all events since a time to a webhook again
         * @description Those that the webhook selects as it is now, whether they were delivered or not, also those that happened while it was
         *     disabled. The receiver sees the same `webhook-id` of each.
         */
        post: operations["webhooks_replay_since"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a webhook another secret
         * @description For 24 hours deliveries are signed with both, so that the receiver can be told of the new one; a secret that was replaced
         *     before that counts no more. Needs a recent authentication. `Idempotency-Key` has no meaning here: the answer is a secret
         *     and is not kept.
         */
        post: operations["webhooks_rotate_webhook_secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test to a webhook
         * @description An event `webhook.test_requested`, which this webhook alone is sent, whatever it selects, also while it is disabled.
         */
        post: operations["webhooks_test_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description The answer whether or not the address was taken: the address's owner gets a mail in either case. */
        Accepted: {
            /** @example accepted */
            status: string;
        };
        /** @description Whose account it is about. */
        AddressRequest: {
            /**
             * Format: email
             * @example ada@example.org
             */
            email: string;
        };
        /** @description What administrators have decided about an account. Nothing personal. */
        Administered: {
            /** Format: uuid */
            id: string;
            /**
             * @example [
             *       "member",
             *       "support"
             *     ]
             */
            roles: string[];
            /** @example active */
            status: string;
            /**
             * Format: int64
             * @description As in the ETag.
             */
            version: number;
        };
        /** @description All keys of a user, the newest first. */
        ApiKeyList: {
            items: components["schemas"]["ApiKeyView"][];
        };
        /** @description A key by which a program acts for its owner. */
        ApiKeyView: {
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description `null` does not expire.
             */
            expires_at?: string | null;
            /** Format: uuid */
            id: string;
            /**
             * Format: date-time
             * @description To the minute; `null` was never used.
             */
            last_used_at?: string | null;
            /** @example Nightly export */
            name: string;
            /**
             * @description What the key may do, as far as its owner may.
             * @example [
             *       "users:read:own"
             *     ]
             */
            permissions: string[];
        };
        /** @description What became of one attempt to deliver. */
        AttemptView: {
            /** Format: date-time */
            at: string;
            /**
             * Format: int32
             * @description Counts from 1.
             */
            attempt: number;
            /** Format: int32 */
            duration_ms: number;
            /**
             * @description `delivered`, or what went wrong.
             * @example delivered
             */
            outcome: string;
            /** @description The beginning of the answer's body, 2 KiB at most. */
            response?: string | null;
            /**
             * Format: int32
             * @description Of the answer in HTTP, where there was one.
             * @example 200
             */
            status?: number | null;
        };
        /** @description Something that happened. */
        AuditEntry: {
            /**
             * @description Who asked for it: a user's id, or a name such as `operator`; `null` for callers who had not signed in.
             * @example 0192d1f0-0000-7000-8000-000000000001
             */
            actor?: string | null;
            /** Format: date-time */
            at: string;
            /**
             * @description What kind of thing it happened to, and which one.
             * @example user
             */
            category: string;
            /**
             * Format: uuid
             * @description Joins everything that one request caused.
             */
            correlation_id?: string | null;
            /** @description What the event says that is not personal. */
            details: Record<string, unknown>;
            /**
             * Format: int64
             * @description In the log.
             */
            position: number;
            /** Format: uuid */
            subject?: string | null;
            /** @example user.role_granted */
            type: string;
            /**
             * Format: int64
             * @description Of the thing it happened to.
             */
            version: number;
        };
        /** @description A page of events, from the newest to the oldest. */
        AuditPage: {
            items: components["schemas"]["AuditEntry"][];
            /**
             * @description For the next page; `null` on the last one. A page may have fewer items than asked for, or none, and be followed by
             *     others: rare events are searched for piece by piece.
             */
            next_cursor?: string | null;
        };
        /** @description The picture of a user. */
        Avatar: {
            /**
             * Format: uuid
             * @description A file of the user's.
             */
            file_id: string;
            /**
             * @description Where it is in small, below the API's origin: another URL for each picture, so that what is there may be kept. Takes a
             *     token, and `size`.
             * @example /v1/users/0199c5a1-9c7e-7c43-8a52-0d2f6b6f1c55/avatar?v=0199c5a1-9c7e-7c43-8a52-0d2f6b6f1c56
             */
            url: string;
        };
        BTreeMap: {
            [key: string]: null | string;
        };
        /** @description Operations, done in this order. */
        BatchRequest: {
            operations: components["schemas"]["OperationRequest"][];
        };
        /** @description What was done. */
        BatchView: {
            /** @description In the order of the operations. */
            results: components["schemas"]["OperationResult"][];
        };
        /** @description A JSON Merge Patch (RFC 7396): absent members stay as they are, also those of the schema and of the rules. */
        ChangeCollectionRequest: {
            /** @description `null` empties it. */
            description?: string | null;
            history?: components["schemas"]["HistoryRetention"] | null;
            /** @description All of them. */
            indexed?: components["schemas"]["IndexKeys"][];
            /** @description `null` is `simple`. */
            language?: string | null;
            /**
             * @description By field; `null` ends the relation. Fields that are new may become relations, others keep their collection.
             * @example {
             *       "author": {
             *         "on_delete": "cascade"
             *       },
             *       "editor": null
             *     }
             */
            relations?: {
                [key: string]: components["schemas"]["RelationPatchRequest"];
            };
            rules?: components["schemas"]["RulesPatchRequest"];
            /** @description Fields may be added that no record has to have, and fewer may be required. */
            schema?: Record<string, unknown>;
            /** @description All of them. */
            searchable?: string[];
            /** @description All of them; fields that are new may become unique. */
            unique?: string[];
            /**
             * @description For a change to which records may not keep as they are: by field of the definition that is to be, its value as an
             *     expression in CEL over `record`, which is the record as it was. `null` leaves the field out.
             */
            upcast?: components["schemas"]["BTreeMap"];
        };
        /** @description A JSON Merge Patch (RFC 7396): absent members stay as they are. */
        ChangeFileRequest: {
            /**
             * @description Cannot be removed.
             * @example report.pdf
             */
            name?: string;
        };
        /** @description The old password, a code where a second factor is on, and the new password. */
        ChangePasswordRequest: {
            /**
             * Format: password
             * @example correct horse battery
             */
            current_password: string;
            /**
             * Format: password
             * @description With a second factor, 8 characters are enough.
             * @example abacus linen twelve moon
             */
            new_password: string;
            /**
             * @description In its place.
             * @example MZXW6YTBOI7DK3TPOQ4SAIDJNY
             */
            recovery_code?: string | null;
            /**
             * @description A code of the second factor.
             * @example 287082
             */
            totp?: string | null;
        };
        /** @description A JSON Merge Patch (RFC 7396): absent members stay as they are, `null` removes. */
        ChangeProfileRequest: {
            /** @example Ada Lovelace */
            display_name?: string | null;
            /**
             * @description Cannot be removed.
             * @example de
             */
            locale?: string;
        };
        /** @description A JSON Merge Patch (RFC 7396): absent members stay as they are. */
        ChangeRoleRequest: {
            /**
             * @description `null` empties it.
             * @example Answers mails
             */
            description?: string | null;
            /**
             * @description All that the role permits from now on. Cannot be removed.
             * @example [
             *       "users:read:all"
             *     ]
             */
            permissions?: string[];
        };
        /**
         * @description How far a change is.
         * @enum {string}
         */
        ChangeState: "checking" | "refused" | "withdrawn" | "switching" | "done";
        /** @description The last change of a collection to which its records may not keep as they are. */
        ChangeView: {
            /** @description What is wrong with them under the definition that is to be. */
            findings: components["schemas"]["FindingView"][];
            /** Format: uuid */
            id: string;
            /** @description Nobody has looked any further after a thousand findings. */
            is_cut_off: boolean;
            /**
             * Format: int64
             * @description How many were looked at so far.
             */
            records: number;
            state: components["schemas"]["ChangeState"];
        };
        /** @description A JSON Merge Patch (RFC 7396): absent members stay as they are. */
        ChangeWebhookRequest: {
            /**
             * @description `null`: of all collections. A filter has to be removed with it.
             * @example posts
             */
            collection?: string | null;
            /**
             * @description `null` empties it.
             * @example Tells the shop
             */
            description?: string | null;
            /**
             * @description All that is sent from now on. Cannot be removed.
             * @example [
             *       "record.*"
             *     ]
             */
            events?: string[];
            /**
             * @description `null`: all records of the collection.
             * @example record.rank > 3
             */
            filter?: string | null;
            /**
             * @description Cannot be removed.
             * @example https://example.com/hooks/tidemark
             */
            url?: string;
        };
        /** @description A page of collections. */
        CollectionPage: {
            items: components["schemas"]["CollectionView"][];
            /** @description For the next page; `null` on the last one. */
            next_cursor?: string | null;
        };
        /** @description A collection: what its records look like, and who may do what with them. */
        CollectionView: {
            /** Format: date-time */
            created_at: string;
            description: string;
            history?: components["schemas"]["HistoryRetention"] | null;
            /** Format: uuid */
            id: string;
            /** @description Indexes for filters and sorting. */
            indexed: components["schemas"]["IndexKeys"][];
            /**
             * @description Of these texts.
             * @example english
             */
            language: string;
            /** @example posts */
            name: string;
            /**
             * @description By field: what its ids refer to.
             * @example {
             *       "author": {
             *         "collection": "people",
             *         "on_delete": "restrict"
             *       }
             *     }
             */
            relations: {
                [key: string]: components["schemas"]["RelationView"];
            };
            rules: components["schemas"]["RulesView"];
            /** @description JSON Schema 2020-12. */
            schema: Record<string, unknown>;
            /**
             * @description Fields of texts for `search`.
             * @example [
             *       "title"
             *     ]
             */
            searchable: string[];
            /**
             * @description Fields of which no two records have the same value.
             * @example [
             *       "slug"
             *     ]
             */
            unique: string[];
            /** Format: date-time */
            updated_at: string;
            /**
             * Format: int64
             * @description As in the ETag.
             */
            version: number;
        };
        /** @description A code of the secret that was shown. */
        ConfirmTotpRequest: {
            /** @example 287082 */
            code: string;
        };
        /** @description What the new key is for. */
        CreateApiKeyRequest: {
            /**
             * Format: date-time
             * @description When the key ends: in 90 days if nothing is said; `null` does not end.
             */
            expires_at?: string | null;
            /** @example Nightly export */
            name: string;
            /**
             * @description What the key may do, as far as its owner may at that time.
             * @example [
             *       "users:read:own"
             *     ]
             */
            permissions: string[];
        };
        /** @description Where to send what. */
        CreateWebhookRequest: {
            /**
             * @description The collection whose records only are sent; `events` are of records then.
             * @example posts
             */
            collection?: string | null;
            /**
             * @description No personal data belongs here.
             * @example Tells the shop
             */
            description?: string;
            /**
             * @description Types of events, families such as `record.*`, or `*` for all but those of webhooks.
             * @example [
             *       "record.*"
             *     ]
             */
            events: string[];
            /**
             * @description Which of these records only are sent: a condition in CEL over `record`, as in lists. Needs a `collection`.
             * @example record.rank > 3
             */
            filter?: string | null;
            /**
             * @description `https`, without user name, password and fragment.
             * @example https://example.com/hooks/tidemark
             */
            url: string;
        };
        /** @description The new key. Its secret is shown here and never again. */
        CreatedApiKey: {
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at?: string | null;
            /** Format: uuid */
            id: string;
            /**
             * @description To be sent as `Authorization: Bearer tmk_…`.
             * @example tmk_AZLR8AAAcACAAAAAAAAAAQGS0fAAAHAAgAAAAAAAAAI…
             */
            key: string;
            /**
             * Format: date-time
             * @description `null`: it was not used yet.
             */
            last_used_at?: string | null;
            name: string;
            permissions: string[];
        };
        /** @description The new webhook. Its secret is shown here and never again. */
        CreatedWebhook: components["schemas"]["WebhookView"] & {
            /**
             * @description What deliveries are signed with, as Standard Webhooks writes it.
             * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw…
             */
            secret: string;
        };
        /** @description The collection to define. */
        DefineCollectionRequest: {
            /**
             * @description No personal data belongs here.
             * @example What is written
             */
            description?: string;
            history?: components["schemas"]["HistoryRetention"] | null;
            /** @description Indexes for filters and sorting. They are made in the background. */
            indexed?: components["schemas"]["IndexKeys"][];
            /**
             * @description Of these texts; `simple` takes words as they are.
             * @example english
             */
            language?: string | null;
            /** @example posts */
            name: string;
            /**
             * @description By field: the collection to whose records its ids refer. Fields of strings with `"format": "uuid"`, or of arrays
             *     of them.
             * @example {
             *       "author": {
             *         "collection": "people",
             *         "on_delete": "restrict"
             *       }
             *     }
             */
            relations?: {
                [key: string]: components["schemas"]["RelationRequest"];
            };
            rules?: components["schemas"]["RulesRequest"];
            /**
             * @description JSON Schema 2020-12 of a record: an object with `properties`. Other members than these are refused, so
             *     `additionalProperties` can be left out, or be `false`. References lead to places in the schema itself.
             */
            schema: Record<string, unknown>;
            /**
             * @description Fields of texts for `search`, those first whose words count most.
             * @example [
             *       "title"
             *     ]
             */
            searchable?: string[];
            /**
             * @description Fields of which no two records have the same value: strings, integers, timestamps, ids.
             * @example [
             *       "slug"
             *     ]
             */
            unique?: string[];
        };
        /** @description The role to define. */
        DefineRoleRequest: {
            /**
             * @description No personal data belongs here.
             * @example Answers mails
             */
            description?: string;
            /**
             * @description For good: a name is not given again once its role was deleted.
             * @example support
             */
            name: string;
            /**
             * @description As `resource:action:scope`, where the scope is `own` or `all`.
             * @example [
             *       "users:read:all"
             *     ]
             */
            permissions: string[];
        };
        /** @description A delivery with its attempts. */
        DeliveryDetails: components["schemas"]["DeliveryView"] & {
            /** @description In their order; of very many the last 100. */
            attempt_log: components["schemas"]["AttemptView"][];
        };
        /** @description A page of deliveries. */
        DeliveryPage: {
            items: components["schemas"]["DeliveryView"][];
            /** @description For the next page; `null` on the last one. */
            next_cursor?: string | null;
        };
        /** @description One event for one webhook, and how far that is. */
        DeliveryView: {
            /** Format: int32 */
            attempts: number;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: uuid
             * @description The receiver's `webhook-id`.
             */
            event_id: string;
            /** @example record.created */
            event_type: string;
            /**
             * @description Why it was given up, where it was.
             * @example refused
             */
            failure?: string | null;
            /** Format: date-time */
            finished_at?: string | null;
            /** Format: uuid */
            id: string;
            /**
             * Format: int64
             * @description Of the event in the log.
             */
            position: number;
            /** @example delivered */
            state: string;
        };
        /** @description What is different between two versions. */
        DiffView: {
            /**
             * @description JSON Pointers of the places that are different.
             * @example [
             *       "/rank",
             *       "/title"
             *     ]
             */
            changed: string[];
            /** Format: int64 */
            from: number;
            /**
             * @description A JSON Merge Patch (RFC 7396) that leads from the one to the other. A field that became `null` looks like one that is
             *     gone; `changed` has both.
             */
            patch: Record<string, unknown>;
            /** Format: int64 */
            to: number;
        };
        /** @description The password, which has to be good enough alone from now on. */
        DisableTotpRequest: {
            /**
             * Format: password
             * @example correct horse battery
             */
            password: string;
        };
        /** @description A secret for an authenticator app. It counts once a code of it was shown. */
        EnrolledTotp: {
            /**
             * @description To be shown as a QR code.
             * @example otpauth://totp/Tidemark:ada@example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Tidemark
             */
            otpauth_url: string;
            /**
             * @description In base32, to be typed.
             * @example GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ
             */
            secret: string;
        };
        /** @description The exports that there are, the newest first. */
        ExportList: {
            items: components["schemas"]["ExportView"][];
        };
        /** @description An export of one's own data. */
        ExportView: {
            /**
             * Format: date-time
             * @description It is deleted then.
             */
            expires_at: string;
            /** Format: date-time */
            finished_at?: string | null;
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            requested_at: string;
            /**
             * Format: int64
             * @description Of the download, in bytes; `null` until it is ready.
             */
            size_bytes?: number | null;
            /** @example ready */
            state: string;
        };
        /** @description Records, one in each line. */
        ExportedRecords: string;
        /** @description One thing that is wrong with a request, and where. */
        FieldError: components["schemas"]["Place"] & {
            /**
             * @description Stable, for programs.
             * @example too_short
             */
            code: string;
            /** @example must have at least 15 characters */
            detail: string;
        };
        /**
         * Format: binary
         * @description The content of a file.
         */
        FileContent: string;
        /** @description A form as browsers send it, with one file. */
        FileForm: {
            /** Format: binary */
            file: string;
        };
        /** @description A page of files. */
        FilePage: {
            items: components["schemas"]["FileView"][];
            /** @description For the next page; `null` on the last one. */
            next_cursor?: string | null;
        };
        /** @description How much room the caller's files take, and how much they may take. */
        FileUsage: {
            /** Format: int64 */
            files: number;
            /**
             * Format: int64
             * @description Of one file.
             */
            max_bytes: number;
            /** Format: int64 */
            most_files: number;
            /** Format: int64 */
            quota_bytes: number;
            /** Format: int64 */
            size_bytes: number;
        };
        /** @description What is known of a file. Its content is at `/v1/files/{id}/content`. */
        FileView: {
            /**
             * @description As the content shows it, whatever was said of it.
             * @example application/pdf
             */
            content_type: string;
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            id: string;
            /** @example report.pdf */
            name: string;
            /**
             * Format: uuid
             * @description The user who uploaded it.
             */
            owner: string;
            /**
             * Format: int64
             * @description How many records name it: as long as one does, it does not go by itself.
             */
            records: number;
            /** @description In hexadecimal digits. */
            sha256: string;
            /** Format: int64 */
            size_bytes: number;
            /** @description Whether it goes by itself. */
            temporary: boolean;
            /** Format: date-time */
            updated_at: string;
            /**
             * Format: int64
             * @description As in the ETag.
             */
            version: number;
        };
        /** @description One thing for which a record does not keep to the definition that is to be. */
        FindingView: {
            /**
             * @description As in errors of fields.
             * @example wrong_type
             */
            code: string;
            /**
             * @description A JSON Pointer into the record as it would be.
             * @example /rank
             */
            pointer: string;
            /** Format: uuid */
            record: string;
        };
        /** @description One thing that was looked at. */
        HealthCheck: {
            /** @description One sentence for an operator. */
            detail?: string | null;
            /** Format: double */
            latency_ms: number;
            state: components["schemas"]["HealthState"];
        };
        /** @description The document's picture of [`bootstrap::health::Report`]. */
        HealthReport: {
            checks: {
                [key: string]: components["schemas"]["HealthCheck"];
            };
            status: components["schemas"]["HealthState"];
            version: string;
        };
        /**
         * @description From best to worst.
         * @enum {string}
         */
        HealthState: "up" | "degraded" | "down";
        /** @description A page of versions. */
        HistoryPage: {
            items: components["schemas"]["VersionView"][];
            /** @description For the next page; `null` on the last one. */
            next_cursor?: string | null;
        };
        /** @description How much of the history of records is shown, and can be restored. What is older stays in the log. */
        HistoryRetention: {
            /**
             * Format: int32
             * @description Versions that were replaced within so many days.
             */
            days: number;
        } | {
            /**
             * Format: int32
             * @description So many of the last versions; a deletion is one too.
             */
            versions: number;
        };
        /** @description Lines. */
        ImportContent: string;
        /** @description A page of errors. */
        ImportErrorPage: {
            items: components["schemas"]["ImportErrorView"][];
            /** @description For the next page; `null` on the last one. */
            next_cursor?: string | null;
        };
        /** @description One thing that was wrong with a line. What stood there is kept nowhere. */
        ImportErrorView: {
            /**
             * @description As the request for a single record would have been answered.
             * @example too_long
             */
            code: string;
            /**
             * Format: int64
             * @description In which the record begins; counts from 1.
             */
            line: number;
            /**
             * @description A JSON Pointer into the record, as far as its collection names places.
             * @example /title
             */
            pointer: string;
        };
        /**
         * @description In which form the content comes.
         * @enum {string}
         */
        ImportFormatName: "ndjson" | "csv";
        /** @description A page of imports. */
        ImportPage: {
            items: components["schemas"]["ImportView"][];
            /** @description For the next page; `null` on the last one. */
            next_cursor?: string | null;
        };
        /** @enum {string} */
        ImportState: "open" | "finished" | "abandoned";
        /** @description How far an import is. */
        ImportView: {
            /** @description The name of the collection, as it was when the import was started. */
            collection: string;
            /**
             * Format: int64
             * @description Records that were created.
             */
            created: number;
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            created_by: string;
            /**
             * Format: int64
             * @description Errors that are told, 1,000 at most.
             */
            errors: number;
            format: components["schemas"]["ImportFormatName"];
            /** Format: uuid */
            id: string;
            /**
             * Format: int64
             * @description Ends of lines within these bytes: the next line has this number and one.
             */
            lines: number;
            /**
             * Format: int64
             * @description Bytes of the content that are done: where to go on.
             */
            received_bytes: number;
            /**
             * Format: int64
             * @description Lines of which no record was made.
             */
            refused: number;
            state: components["schemas"]["ImportState"];
            /** Format: date-time */
            updated_at: string;
            /**
             * Format: int64
             * @description As in the ETag.
             */
            version: number;
        };
        /**
         * @description Keys of an index: a field, or up to four together, `-` before those whose values fall.
         * @example [
         *       "status",
         *       "-created_at"
         *     ]
         */
        IndexKeys: string | string[];
        /** @description The token of a link that was mailed. */
        LinkRequest: {
            /** @description As in the link, after `#token=`. */
            token: string;
        };
        /** @description The process answers. */
        Liveness: {
            /** @example up */
            status: string;
        };
        /** @description Who signs in. */
        LoginRequest: {
            /** @description What signing in on this device gave before. */
            device_token?: string | null;
            /**
             * Format: email
             * @example ada@example.org
             */
            email: string;
            /**
             * @description Where the refresh token is to be kept: `cookie` for browsers.
             * @default token
             */
            mode?: string;
            /**
             * Format: password
             * @example correct horse battery
             */
            password: string;
            /**
             * @description One of the recovery codes in its place; each counts once.
             * @example MZXW6YTBOI7DK3TPOQ4SAIDJNY
             */
            recovery_code?: string | null;
            /**
             * @description The code of the second factor, where it is on.
             * @example 287082
             */
            totp?: string | null;
        };
        /**
         * @description Where the refresh token is kept.
         * @enum {string}
         */
        Mode: "token" | "cookie";
        /**
         * @description What happens to a record when one is deleted to which it refers.
         * @enum {string}
         */
        OnDeletePolicy: "restrict" | "set_null" | "cascade";
        /**
         * @description As the requests `POST`, `PATCH`, `PUT` and `DELETE` for single records.
         * @enum {string}
         */
        OperationKind: "create" | "patch" | "replace" | "delete";
        /** @description What is to be done with one record. */
        OperationRequest: {
            /**
             * @description The collection's name.
             * @example posts
             */
            collection: string;
            /** @description The content, or a JSON Merge Patch of it; not of what is deleted. */
            data?: Record<string, unknown>;
            /**
             * Format: uuid
             * @description The record's id. A record that is created can have one that the client has made, a UUIDv7: so that others can refer to
             *     it in the same batch.
             */
            id?: string;
            op: components["schemas"]["OperationKind"];
            /**
             * Format: int64
             * @description The version that the caller has seen, as in `If-Match`; not of what is created.
             */
            version?: number;
        };
        OperationResult: {
            /** @example posts */
            collection: string;
            /** Format: uuid */
            id: string;
            op: components["schemas"]["OperationKind"];
            /**
             * Format: int32
             * @description As the single request would have been answered.
             * @example 201
             */
            status: number;
            /**
             * Format: int64
             * @description Of the record after this operation.
             */
            version: number;
        };
        /** @description Where something is wrong. */
        Place: {
            /** @description A JSON Pointer (RFC 6901) into the body. */
            pointer: string;
        } | {
            /** @description A parameter of the query. */
            parameter: string;
        } | {
            header: string;
        };
        /** @description The body of every answer that is an error. */
        Problem: {
            /**
             * @description Stable, for programs.
             * @example validation_failed
             */
            code: string;
            detail?: string | null;
            errors?: components["schemas"]["FieldError"][];
            /** @description As in the `X-Request-Id` header. */
            request_id: string;
            /**
             * Format: int32
             * @example 422
             */
            status: number;
            title: string;
            /**
             * @description Names the kind of problem; leads to its description.
             * @example /docs#problem-validation_failed
             */
            type: string;
        };
        /** @description A user's account as a change of it left it. */
        Profile: {
            avatar?: components["schemas"]["Avatar"] | null;
            display_name?: string | null;
            /** Format: email */
            email: string;
            /** Format: uuid */
            id: string;
            /** @example de */
            locale: string;
            /**
             * @example [
             *       "member"
             *     ]
             */
            roles: string[];
            /**
             * Format: int64
             * @description As in the ETag.
             */
            version: number;
        };
        /** @description An Ed25519 key (RFC 8037). */
        PublicKey: {
            /** @example EdDSA */
            alg: string;
            /** @example Ed25519 */
            crv: string;
            /** @description Names the key in the header of tokens; the key's thumbprint (RFC 7638). */
            kid: string;
            /** @example OKP */
            kty: string;
            /** @example sig */
            use: string;
            /** @description The public key in base64url. */
            x: string;
        };
        /** @description Keys that verify access tokens now, or will soon (RFC 7517). */
        PublicKeys: {
            /** @description Newest first. */
            keys: components["schemas"]["PublicKey"][];
        };
        /** @description The content of a record: the fields that its collection declares. */
        RecordContent: Record<string, unknown>;
        /** @description A page of records. */
        RecordPage: {
            items: components["schemas"]["RecordView"][];
            /** @description For the next page; `null` on the last one. */
            next_cursor: string | null;
            /**
             * Format: int64
             * @description Where `total=exact` asks for it; `null` when counting took longer than a second.
             */
            total?: number | null;
        };
        /** @description The parameters of a list as members of a body, for those who have more to ask than fits into a URL. */
        RecordSearch: {
            /**
             * @description `next_cursor` of the page before, which had the same other members.
             * @default null
             */
            cursor?: string | null;
            /**
             * @description Relations whose records come too, in the member `expand`; after a dot those of their records.
             * @default []
             * @example [
             *       "author",
             *       "post.author"
             *     ]
             */
            expand?: string[];
            /**
             * @description Members that the records are shown with; `id` always is.
             * @default []
             * @example [
             *       "title"
             *     ]
             */
            fields?: string[];
            /**
             * @description A condition in CEL.
             * @default null
             * @example record.status == "open"
             */
            filter?: string | null;
            /**
             * Format: int64
             * @description Records in a page; 50 by default.
             * @default null
             */
            limit?: number | null;
            /**
             * @description Words, "phrases in quotes", `or` between words, `-` before what must not be there.
             * @default null
             * @example "event log" -draft
             */
            search?: string | null;
            /**
             * @description Fields, `-` before those whose values fall.
             * @default []
             * @example [
             *       "-rank",
             *       "created_at"
             *     ]
             */
            sort?: string[];
            /**
             * @description `exact` counts what the list has in all.
             * @default null
             */
            total?: string | null;
        };
        /** @description A record: what the server says of it, and beside that the fields that its collection declares. */
        RecordView: {
            /** Format: date-time */
            created_at: string;
            /**
             * Format: uuid
             * @description The user who created it.
             */
            created_by: string;
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            updated_at: string;
            /**
             * Format: int64
             * @description As in the ETag.
             */
            version: number;
        };
        /**
         * @description Codes that take the place of the second factor, once each, and the tokens with which the caller's session goes on. They
         *     are shown this one time.
         */
        RecoveryCodesView: components["schemas"]["SessionTokens"] & {
            /**
             * @example [
             *       "MZXW6YTBOI7DK3TPOQ4SAIDJNY"
             *     ]
             */
            recovery_codes: string[];
        };
        /** @description A session to go on with. */
        RefreshRequest: {
            /**
             * @description Required, but for browsers that keep it in the cookie.
             * @example tmr_AZq3…
             */
            refresh_token?: string | null;
        };
        /** @description Whom to register. */
        RegisterRequest: {
            /** @example Ada Lovelace */
            display_name?: string | null;
            /**
             * Format: email
             * @example ada@example.org
             */
            email: string;
            /**
             * @description The language of mails.
             * @default en
             */
            locale?: string | null;
            /**
             * Format: password
             * @description Any characters; no composition rules.
             * @example correct horse battery
             */
            password: string;
        };
        /** @description Absent members stay as they are. */
        RelationPatchRequest: {
            /** @example people */
            collection?: string;
            on_delete?: components["schemas"]["OnDeletePolicy"];
        };
        /** @description What a field refers to. */
        RelationRequest: {
            /**
             * @description To the records of which collection; the collection itself is one too.
             * @example people
             */
            collection: string;
            on_delete?: components["schemas"]["OnDeletePolicy"];
        };
        /** @description What a field refers to. */
        RelationView: {
            /** @example people */
            collection: string;
            on_delete: components["schemas"]["OnDeletePolicy"];
        };
        /** @description From when on events are sent again. */
        ReplayRequest: {
            /**
             * Format: date-time
             * @description Within the last 30 days.
             */
            since: string;
        };
        /** @description What was asked for is going to be done. */
        Requested: {
            /** @example requested */
            status: string;
        };
        /** @description The token of a link that was mailed, and the new password. */
        ResetPasswordRequest: {
            /**
             * Format: password
             * @description With a second factor, 8 characters are enough.
             * @example correct horse battery
             */
            password: string;
            /** @description As in the link, after `#token=`. */
            token: string;
        };
        /** @description What a record is to be again. */
        RestoreRecordRequest: {
            /**
             * Format: int64
             * @description The version whose content it is to have; without it, a deleted record has its last content again.
             */
            version?: number;
        };
        /** @description All roles: the built-in ones, then the others by name. */
        RoleList: {
            items: components["schemas"]["RoleView"][];
        };
        /** @description A role, and what it permits. */
        RoleView: {
            /** @description Whether it is fixed by the program. */
            built_in: boolean;
            /** @example Answers mails */
            description: string;
            /** @example support */
            name: string;
            /**
             * @description Sorted.
             * @example [
             *       "users:read:all"
             *     ]
             */
            permissions: string[];
        };
        /** @description The new secret of a webhook. It is shown here and never again. */
        RotatedSecret: {
            /**
             * Format: date-time
             * @description Until then they are signed with the secret before, too.
             */
            previous_until: string;
            /**
             * @description What deliveries are signed with, as Standard Webhooks writes it.
             * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw…
             */
            secret: string;
        };
        /** @description Absent rules stay as they are. */
        RulesPatchRequest: {
            /** @default null */
            create?: string | null;
            /** @default null */
            delete?: string | null;
            /** @default null */
            list?: string | null;
            /** @default null */
            update?: string | null;
            /** @default null */
            view?: string | null;
        };
        /**
         * @description Conditions in CEL (docs/expressions.md). `null` is for those alone who may do it to all records (`records:…:all`), `true`
         *     is for everybody who has signed in.
         */
        RulesRequest: {
            /**
             * @description What a record has to be to be created.
             * @default null
             * @example "editor" in user.roles
             */
            create?: string | null;
            /**
             * @description Which records can be deleted.
             * @default null
             * @example record.created_by == user.id
             */
            delete?: string | null;
            /**
             * @description Which records a list has.
             * @default null
             * @example record.status == "open" || record.created_by == user.id
             */
            list?: string | null;
            /**
             * @description Which records can be changed; it has to hold before and after.
             * @default null
             * @example record.created_by == user.id
             */
            update?: string | null;
            /**
             * @description Which records can be shown; others are not there.
             * @default null
             * @example true
             */
            view?: string | null;
        };
        /** @description Conditions in CEL; `null` is for those alone who may do it to all records. */
        RulesView: {
            create?: string | null;
            delete?: string | null;
            list?: string | null;
            update?: string | null;
            view?: string | null;
        };
        /** @description The caller's sessions, the one seen last first. There are at most 100, on one page. */
        SessionPage: {
            items: components["schemas"]["SessionView"][];
            /** @description Always `null`. */
            next_cursor?: string | null;
        };
        /** @description An access token, to be sent as `Authorization: Bearer …`, and what the next one is got with. */
        SessionTokens: {
            access_token: string;
            /** @description In mode `cookie`: to be sent in `X-CSRF-Token` with every refresh. */
            csrf_token?: string;
            /**
             * @description After signing in: to be kept by the device for good and shown when signing in again, so that guesses of strangers
             *     do not hold it up.
             */
            device_token?: string;
            /**
             * Format: int64
             * @description Seconds.
             * @example 900
             */
            expires_in: number;
            /** @description Not in mode `cookie`: it is in the cookie. */
            refresh_token?: string;
            /** Format: uuid */
            session_id: string;
            /** @example Bearer */
            token_type: string;
        };
        /** @description A session that is not over. */
        SessionView: {
            /** Format: date-time */
            authenticated_at: string;
            /** Format: date-time */
            created_at: string;
            /** @description Whether it is the one that the caller asks with. */
            current: boolean;
            /** @description What the client said it is when it signed in (`User-Agent`). */
            device?: string | null;
            /** Format: date-time */
            expires_at: string;
            /** Format: uuid */
            id: string;
            /**
             * Format: date-time
             * @description Unless it is refreshed before.
             */
            idle_expires_at: string;
            /**
             * Format: date-time
             * @description When it was begun, refreshed, or proved again last.
             */
            last_seen_at: string;
            mode: components["schemas"]["Mode"];
            /** @description Where the sign-in came from, where the installation knows. */
            place?: string | null;
        };
        /** @description What the URL shall open, and for how long. */
        SignUrlRequest: {
            /**
             * @description `attachment` by default.
             * @example inline
             */
            disposition?: string | null;
            /**
             * Format: int64
             * @default 300
             */
            expires_in_seconds?: number | null;
            /**
             * Format: int32
             * @description The picture of this size instead of the content.
             * @example 320
             */
            thumbnail?: number | null;
        };
        /** @description A URL that opens a file to whoever has it. */
        SignedUrl: {
            /** Format: date-time */
            expires_at: string;
            url: string;
        };
        /** @description What is going to come. */
        StartImportRequest: {
            format: components["schemas"]["ImportFormatName"];
        };
        /** @description The caller's password, and a code where a second factor is on. */
        StepUpRequest: {
            /**
             * Format: password
             * @example correct horse battery
             */
            password: string;
            /**
             * @description In its place.
             * @example MZXW6YTBOI7DK3TPOQ4SAIDJNY
             */
            recovery_code?: string | null;
            /**
             * @description A code of the second factor.
             * @example 287082
             */
            totp?: string | null;
        };
        /** @description How far an upload is. */
        UploadView: {
            /**
             * Format: date-time
             * @description `null` when all has come, and the file is there.
             */
            expires_at?: string | null;
            /**
             * Format: uuid
             * @description The file has it too, once all has come.
             */
            id: string;
            /**
             * Format: int64
             * @description Where to go on.
             */
            received_bytes: number;
            /** Format: int64 */
            size_bytes: number;
        };
        /** @description A page of users. */
        UserPage: {
            items: components["schemas"]["UserView"][];
            /** @description For the next page; `null` on the last one. */
            next_cursor?: string | null;
        };
        /** @description A user's account. */
        UserView: {
            avatar?: components["schemas"]["Avatar"] | null;
            /** Format: date-time */
            created_at: string;
            display_name?: string | null;
            /** Format: email */
            email: string;
            email_verified: boolean;
            /** Format: uuid */
            id: string;
            /** @example en */
            locale: string;
            /**
             * @example [
             *       "member"
             *     ]
             */
            roles: string[];
            /** @example active */
            status: string;
            /** @description Whether signing in needs a second factor. */
            totp: boolean;
            /** Format: date-time */
            updated_at: string;
            /**
             * Format: int64
             * @description As in the ETag.
             */
            version: number;
        };
        /** @description One version of a record. */
        VersionView: {
            /** Format: date-time */
            at: string;
            /**
             * Format: uuid
             * @description The user who did it.
             */
            by: string;
            /**
             * @description `created`, `changed`, `deleted` or `restored`.
             * @example changed
             */
            change: string;
            record?: components["schemas"]["RecordView"] | null;
            /** Format: int64 */
            version: number;
        };
        /** @description All webhooks, the newest first. */
        WebhookList: {
            items: components["schemas"]["WebhookView"][];
        };
        /** @enum {string} */
        WebhookState: "enabled" | "disabled";
        /** @description Where events are sent to, and which. */
        WebhookView: {
            /**
             * @description The collection whose records only are sent, as it was called when that was set.
             * @example posts
             */
            collection?: string | null;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: uuid
             * @description The user who created it, and who is told when it is disabled.
             */
            created_by: string;
            /** @example Tells the shop */
            description: string;
            /**
             * @description Types of events, families such as `record.*`, or `*`. Sorted.
             * @example [
             *       "record.*"
             *     ]
             */
            events: string[];
            /**
             * @description Which of these records only are sent.
             * @example record.rank > 3
             */
            filter?: string | null;
            /** Format: uuid */
            id: string;
            /**
             * @description Why nothing is sent; `null` while it is.
             * @example failing
             */
            reason?: string | null;
            state: components["schemas"]["WebhookState"];
            /** Format: date-time */
            updated_at: string;
            /** @example https://example.com/hooks/tidemark */
            url: string;
            /**
             * Format: int64
             * @description As in the ETag.
             */
            version: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    docs_start: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Links to everything else */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    auth_jwks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A JSON Web Key Set (RFC 7517) */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/jwk-set+json": components["schemas"]["PublicKeys"];
                };
            };
        };
    };
    docs_security_txt: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Contact and more (RFC 9116) */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description No contact is set */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    account_style: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Style sheet */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/css": string;
                };
            };
        };
    };
    account_script: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description JavaScript */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/javascript": string;
                };
            };
        };
    };
    account_page: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                page: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page that hands in the token of its fragment */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    docs_page: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page that renders this document */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    docs_style: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Style sheet */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/css": string;
                };
            };
        };
    };
    docs_script: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description JavaScript */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/javascript": string;
                };
            };
        };
    };
    health_report: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Up or degraded */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthReport"];
                };
            };
            /** @description Down */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthReport"];
                };
            };
        };
    };
    health_live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Liveness"];
                };
            };
        };
    };
    health_ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can, perhaps with less comfort */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthReport"];
                };
            };
            /** @description It cannot, or it is stopping */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthReport"];
                };
            };
        };
    };
    audit_audit_log: {
        parameters: {
            query?: {
                /**
                 * @description Only what happened to this kind of thing
                 * @example user
                 */
                category?: string;
                /**
                 * @description Only events of this type
                 * @example user.role_granted
                 */
                type?: string;
                /** @description Only what this user or part of the system asked for */
                actor?: string;
                /** @description Events in a page; 50 by default */
                limit?: number;
                /** @description `next_cursor` of the page before, which had the same filter */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    auth_change_email: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddressRequest"];
            };
        };
        responses: {
            /** @description A mail is on its way to the new address */
            202: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller has to prove again who they are */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address was changed too often lately */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    auth_change_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePasswordRequest"];
            };
        };
        responses: {
            /** @description The password is changed */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionTokens"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token, a wrong password or code, or a code is missing */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    auth_confirm_email_change: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LinkRequest"];
            };
        };
        responses: {
            /** @description The account has the new address */
            204: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another account has this address */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    auth_forgot_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddressRequest"];
            };
        };
        responses: {
            /** @description If there is such an account, a mail is on its way */
            202: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    auth_login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginRequest"];
            };
        };
        responses: {
            /** @description Signed in */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionTokens"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The e-mail address, the password or the code is wrong, or a code is missing */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    auth_logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session is over */
            204: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    auth_logout_all: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All sessions are over */
            204: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    mfa_confirm: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfirmTotpRequest"];
            };
        };
        responses: {
            /** @description The second factor is on */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodesView"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token, or a wrong code */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No second factor was begun, or one is on already */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    mfa_disable: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DisableTotpRequest"];
            };
        };
        responses: {
            /** @description There is no second factor */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionTokens"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller has to prove again who they are */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The account has changed meanwhile */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    mfa_enrol: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The secret, shown this one time */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrolledTotp"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller has to prove again who they are */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A second factor is on already */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    mfa_replace_recovery_codes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The new codes, shown this one time */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodesView"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller has to prove again who they are */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No second factor is on */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    auth_refresh: {
        parameters: {
            query?: never;
            header?: {
                /** @description The session's `csrf_token`, with the cookie */
                "X-CSRF-Token"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshRequest"];
            };
        };
        responses: {
            /** @description The session goes on */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionTokens"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The refresh token does not count */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `X-CSRF-Token` is missing or wrong */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    auth_register: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RegisterRequest"];
            };
        };
        responses: {
            /** @description A mail is on its way to the address */
            202: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    auth_resend_verification: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddressRequest"];
            };
        };
        responses: {
            /** @description If the address is to be verified, a mail is on its way */
            202: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    auth_reset_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResetPasswordRequest"];
            };
        };
        responses: {
            /** @description The password is set */
            204: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    auth_list_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sessions that are not over */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionPage"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    auth_end_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The session's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is over */
            204: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller has to prove again who they are */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    auth_step_up: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StepUpRequest"];
            };
        };
        responses: {
            /** @description The session is recent */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionTokens"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token, a wrong password or code, or a code is missing */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    auth_undo_email_change: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LinkRequest"];
            };
        };
        responses: {
            /** @description The account has its former address again */
            204: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    auth_verify_email: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LinkRequest"];
            };
        };
        responses: {
            /** @description The address is verified */
            204: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    records_run_batch: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchRequest"];
            };
        };
        responses: {
            /** @description What was done */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchView"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    collections_list_collections: {
        parameters: {
            query?: {
                /** @description Collections in a page; 50 by default */
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
                /** @description As `Tidemark-After` */
                after?: number;
            };
            header?: {
                /** @description Answer what is true at this position or later */
                "Tidemark-After"?: number | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of collections */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CollectionPage"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    collections_define_collection: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DefineCollectionRequest"];
            };
        };
        responses: {
            /** @description The collection */
            201: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CollectionView"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    collections_show_collection: {
        parameters: {
            query?: {
                /** @description As `Tidemark-After` */
                after?: number;
            };
            header?: {
                /** @description Answer what is true at this position or later */
                "Tidemark-After"?: number | null;
                /** @description ETags that the caller has */
                "If-None-Match"?: string | null;
            };
            path: {
                /** @description The collection's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The collection */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CollectionView"];
                };
            };
            /** @description The caller has this version */
            304: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    collections_delete_collection: {
        parameters: {
            query?: {
                /** @description Also when it has records */
                force?: boolean;
            };
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
                /** @description The ETag of the version that the caller has seen */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The collection's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The collection is gone */
            204: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It conflicts with the current state, or the first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The resource has changed in the meantime */
            412: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    collections_change_collection: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
                /** @description The ETag of the version that the caller has seen */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The collection's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeCollectionRequest"];
                "application/merge-patch+json": components["schemas"]["ChangeCollectionRequest"];
            };
        };
        responses: {
            /** @description The collection as it is now */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CollectionView"];
                };
            };
            /** @description The change, for which records are being looked at */
            202: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangeView"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The resource has changed in the meantime */
            412: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    collections_show_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The collection's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The change */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangeView"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    collections_withdraw_change: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The collection's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The change is withdrawn */
            204: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It conflicts with the current state, or the first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    records_export_records: {
        parameters: {
            query?: {
                /** @description `ndjson`, as by default, or `csv` */
                format?: string;
                /** @description A condition in CEL, such as `record.status == "open"` */
                filter?: string;
                /** @description Members that the records are exported with, such as `title,rank`; `id` always is */
                fields?: string;
                /** @description As `Tidemark-After` */
                after?: number;
            };
            header?: {
                /** @description Answer what is true at this position or later */
                "Tidemark-After"?: number | null;
            };
            path: {
                /** @description The collection's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The records */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["ExportedRecords"];
                    "text/csv": components["schemas"]["ExportedRecords"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    imports_start_import: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The collection's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StartImportRequest"];
            };
        };
        responses: {
            /** @description The import */
            201: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportView"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    records_list_records: {
        parameters: {
            query?: {
                /** @description A condition in CEL, such as `record.status == "open"` */
                filter?: string;
                /** @description Words in the searchable fields, "phrases in quotes", `or` between words, `-` before what must not be there */
                search?: string;
                /** @description Up to four fields, `-` before those whose values fall, such as `-rank,created_at`; `-created_at` by default */
                sort?: string;
                /** @description Members that the records are shown with, such as `title,rank`; `id` always is */
                fields?: string;
                /** @description Up to ten relations whose records come too, in the member `expand`, as far as the caller may view them; after a dot those of their records, such as `author,post.author` */
                expand?: string;
                /** @description `exact` counts what the list has in all */
                total?: string;
                /** @description Records in a page; 50 by default */
                limit?: number;
                /** @description `next_cursor` of the page before, which had the same other parameters */
                cursor?: string;
                /** @description As `Tidemark-After` */
                after?: number;
            };
            header?: {
                /** @description ETags that the caller has */
                "If-None-Match"?: string | null;
                /** @description Answer what is true at this position or later */
                "Tidemark-After"?: number | null;
            };
            path: {
                /** @description The collection's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of records */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordPage"];
                };
            };
            /** @description The caller has this page */
            304: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The list takes too long */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    records_create_record: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The collection's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecordContent"];
            };
        };
        responses: {
            /** @description The record */
            201: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordView"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    records_search_records: {
        parameters: {
            query?: {
                /** @description As `Tidemark-After` */
                after?: number;
            };
            header?: {
                /** @description Answer what is true at this position or later */
                "Tidemark-After"?: number | null;
            };
            path: {
                /** @description The collection's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecordSearch"];
            };
        };
        responses: {
            /** @description A page of records */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordPage"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    records_show_record: {
        parameters: {
            query?: {
                /**
                 * @description As it was then: a version, or a time (RFC 3339)
                 * @example 2026-11-25T18:29:26Z
                 */
                at?: string;
                /** @description Up to ten relations whose records come too, in the member `expand`, as far as the caller may view them; after a dot those of their records */
                expand?: string;
                /** @description As `Tidemark-After` */
                after?: number;
            };
            header?: {
                /** @description Answer what is true at this position or later */
                "Tidemark-After"?: number | null;
                /** @description ETags that the caller has */
                "If-None-Match"?: string | null;
            };
            path: {
                /** @description The collection's name */
                name: string;
                /** @description The record's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The record */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordView"];
                };
            };
            /** @description The caller has this version */
            304: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    records_replace_record: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
                /** @description The ETag of the version that the caller has seen */
                "If-Match"?: string | null;
                /** @description `*`: only if there is no such record */
                "If-None-Match"?: string | null;
            };
            path: {
                /** @description The collection's name */
                name: string;
                /** @description The record's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecordContent"];
            };
        };
        responses: {
            /** @description The record as it is now */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordView"];
                };
            };
            /** @description The record, which was not there */
            201: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordView"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The resource has changed in the meantime */
            412: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    records_delete_record: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
                /** @description The ETag of the version that the caller has seen */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The collection's name */
                name: string;
                /** @description The record's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The record is gone */
            204: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It conflicts with the current state, or the first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The resource has changed in the meantime */
            412: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    records_change_record: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
                /** @description The ETag of the version that the caller has seen */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The collection's name */
                name: string;
                /** @description The record's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecordContent"];
                "application/merge-patch+json": components["schemas"]["RecordContent"];
            };
        };
        responses: {
            /** @description The record as it is now */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordView"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The resource has changed in the meantime */
            412: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    files_sign_url_for_record: {
        parameters: {
            query?: never;
            header?: {
                /** @description Answer what is true at this position or later */
                "Tidemark-After"?: number | null;
            };
            path: {
                /** @description The collection's name */
                name: string;
                /** @description The record's id */
                id: string;
                /** @description The file's id, as it stands in the record */
                file: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignUrlRequest"];
            };
        };
        responses: {
            /** @description The URL */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedUrl"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    records_list_history: {
        parameters: {
            query?: {
                /** @description Versions in a page; 20 by default */
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The collection's name */
                name: string;
                /** @description The record's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of versions */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HistoryPage"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    records_diff_versions: {
        parameters: {
            query: {
                /** @description A version */
                from: number;
                /** @description Another one, older or newer */
                to: number;
            };
            header?: never;
            path: {
                /** @description The collection's name */
                name: string;
                /** @description The record's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The difference */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DiffView"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    records_restore_record: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
                /** @description The ETag of the version that the caller has seen */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The collection's name */
                name: string;
                /** @description The record's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RestoreRecordRequest"];
            };
        };
        responses: {
            /** @description The record as it is now */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordView"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The resource has changed in the meantime */
            412: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    files_list_files: {
        parameters: {
            query?: {
                /** @description A user's id, or `*` */
                owner?: string;
                /** @description Files in a page; 50 by default */
                limit?: number;
                /** @description `next_cursor` of the page before, which had the same other parameters */
                cursor?: string;
                /** @description As `Tidemark-After` */
                after?: number;
            };
            header?: {
                /** @description Answer what is true at this position or later */
                "Tidemark-After"?: number | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of files */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FilePage"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    files_create_file: {
        parameters: {
            query?: {
                /** @description The file's name */
                name?: string;
                /** @description Whether the file goes by itself after some days */
                temporary?: boolean;
            };
            header?: {
                /** @description With `filename`, where the body is the content */
                "Content-Disposition"?: string | null;
                /** @description `sha-256=:…:` of the content (RFC 9530) */
                "Content-Digest"?: string | null;
                /** @description The same */
                "Repr-Digest"?: string | null;
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": components["schemas"]["FileContent"];
                "multipart/form-data": components["schemas"]["FileForm"];
            };
        };
        responses: {
            /** @description The file */
            201: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileView"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    files_begin_upload: {
        parameters: {
            query?: never;
            header: {
                /** @description `1.0.0` */
                "Tus-Resumable": string;
                /** @description Bytes of the file */
                "Upload-Length": number;
                /** @description `filename`, `filetype` and `temporary`, their values in base64 */
                "Upload-Metadata"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where to go on, in `Location`, and until when, in `Upload-Expires` */
            201: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    files_uploads_options: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Version, extensions and the largest upload, in headers */
            204: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    files_show_upload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The upload's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How far it is, also in `Upload-Offset` and `Upload-Length` */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadView"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    files_end_upload: {
        parameters: {
            query?: never;
            header: {
                /** @description `1.0.0` */
                "Tus-Resumable": string;
            };
            path: {
                /** @description The upload's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone */
            204: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something is coming in just now */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    files_append_upload: {
        parameters: {
            query?: never;
            header: {
                /** @description `1.0.0` */
                "Tus-Resumable": string;
                /** @description Where these bytes belong: as far as the upload is */
                "Upload-Offset": number;
                /** @description `sha1` or `sha256`, and the checksum of this body in base64 */
                "Upload-Checksum"?: string | null;
            };
            path: {
                /** @description The upload's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/offset+octet-stream": components["schemas"]["FileContent"];
            };
        };
        responses: {
            /** @description How far it is, in `Upload-Offset`; when all has come, the file is there */
            204: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The bytes are not those of the checksum */
            460: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    files_show_usage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Room that is taken, and room that there is */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileUsage"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    files_show_file: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETags that the caller has */
                "If-None-Match"?: string | null;
            };
            path: {
                /** @description The file's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileView"];
                };
            };
            /** @description The caller has this version */
            304: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    files_delete_file: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
                /** @description The ETag of the version that the caller has seen */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The file's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file is gone */
            204: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It conflicts with the current state, or the first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The resource has changed in the meantime */
            412: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    files_rename_file: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
                /** @description The ETag of the version that the caller has seen */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The file's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeFileRequest"];
                "application/merge-patch+json": components["schemas"]["ChangeFileRequest"];
            };
        };
        responses: {
            /** @description The file as it is now */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileView"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The resource has changed in the meantime */
            412: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    files_download_file: {
        parameters: {
            query?: {
                /** @description `inline` or `attachment`; by default what suits the type */
                disposition?: string;
            };
            header?: {
                /** @description Such as `bytes=0-1023` */
                Range?: string | null;
                /** @description The ETag of the content that the range is of */
                "If-Range"?: string | null;
                /** @description ETags that the caller has */
                "If-None-Match"?: string | null;
            };
            path: {
                /** @description The file's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": components["schemas"]["FileContent"];
                };
            };
            /** @description A part of it */
            206: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": components["schemas"]["FileContent"];
                };
            };
            /** @description The caller has it */
            304: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is nothing where the range is */
            416: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    files_download_signed: {
        parameters: {
            query: {
                /** @description In seconds since 1970 */
                expires: number;
                disposition: string;
                /** @description The picture of this size instead of the content */
                thumbnail?: number;
                signature: string;
            };
            header?: {
                /** @description Such as `bytes=0-1023` */
                Range?: string | null;
                /** @description The ETag of the content that the range is of */
                "If-Range"?: string | null;
                /** @description ETags that the caller has */
                "If-None-Match"?: string | null;
            };
            path: {
                /** @description The file's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": components["schemas"]["FileContent"];
                };
            };
            /** @description A part of it */
            206: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": components["schemas"]["FileContent"];
                };
            };
            /** @description The caller has it */
            304: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The URL was changed, or has expired */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The file is gone */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is nothing where the range is */
            416: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    files_show_thumbnail: {
        parameters: {
            query: {
                /** @description The longest side in pixels: one of those that the installation makes */
                size: number;
            };
            header?: {
                /** @description ETags that the caller has */
                "If-None-Match"?: string | null;
            };
            path: {
                /** @description The file's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": components["schemas"]["FileContent"];
                };
            };
            /** @description The caller has it */
            304: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    files_sign_url: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The file's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignUrlRequest"];
            };
        };
        responses: {
            /** @description The URL */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedUrl"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    imports_list_imports: {
        parameters: {
            query?: {
                /** @description A user's id, or `*` */
                owner?: string;
                /** @description Imports in a page; 50 by default */
                limit?: number;
                /** @description `next_cursor` of the page before, which had the same other parameters */
                cursor?: string;
                /** @description As `Tidemark-After` */
                after?: number;
            };
            header?: {
                /** @description Answer what is true at this position or later */
                "Tidemark-After"?: number | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of imports */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportPage"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    imports_show_import: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETags that the caller has */
                "If-None-Match"?: string | null;
            };
            path: {
                /** @description The import's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The import */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportView"];
                };
            };
            /** @description The caller has this version */
            304: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    imports_abandon_import: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The import's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Nothing more comes of it */
            204: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It is finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    imports_upload_import: {
        parameters: {
            query?: never;
            header?: {
                /** @description Where in the content this body begins, at most where the import is; 0 without it */
                "Upload-Offset"?: number | null;
                /** @description `?0` where more of the content follows in another request; the import is finished with the end of the body otherwise */
                "Upload-Complete"?: string | null;
            };
            path: {
                /** @description The import's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-ndjson": components["schemas"]["ImportContent"];
                "text/csv": components["schemas"]["ImportContent"];
            };
        };
        responses: {
            /** @description How far the import is */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportView"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    imports_list_import_errors: {
        parameters: {
            query?: {
                /** @description Errors in a page; 50 by default */
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
                /** @description As `Tidemark-After` */
                after?: number;
            };
            header?: {
                /** @description Answer what is true at this position or later */
                "Tidemark-After"?: number | null;
            };
            path: {
                /** @description The import's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of errors */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportErrorPage"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    live_connect: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The connection is open */
            101: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The origin may not connect */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    docs_document: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.1 */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
        };
    };
    roles_list_roles: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETags that the caller has */
                "If-None-Match"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All roles */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleList"];
                };
            };
            /** @description The caller has this version */
            304: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    roles_define_role: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DefineRoleRequest"];
            };
        };
        responses: {
            /** @description The role */
            201: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleView"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    roles_show_role: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETags that the caller has */
                "If-None-Match"?: string | null;
            };
            path: {
                /** @description The role's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The role */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleView"];
                };
            };
            /** @description The caller has this version */
            304: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    roles_delete_role: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
                /** @description The ETag of the version that the caller has seen */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The role's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The role is gone */
            204: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It conflicts with the current state, or the first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The resource has changed in the meantime */
            412: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    roles_change_role: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
                /** @description The ETag of the version that the caller has seen */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The role's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeRoleRequest"];
                "application/merge-patch+json": components["schemas"]["ChangeRoleRequest"];
            };
        };
        responses: {
            /** @description The role as it is now */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleView"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The resource has changed in the meantime */
            412: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_list: {
        parameters: {
            query?: {
                /** @description Only those who are */
                status?: string;
                /** @description Only those who have this role */
                role?: string;
                /** @description Only the one with this e-mail address; parts of it find nothing */
                search?: string;
                /**
                 * @description A condition in CEL over `id`, `status`, `locale`, `email_verified`, `totp`, `version`, `created_at` and `updated_at`: see docs/expressions.md
                 * @example record.status == "active" && record.created_at > now - duration("24h")
                 */
                filter?: string;
                /** @description By the time of registration; `-created_at` by default */
                sort?: string;
                /** @description Users in a page; 50 by default */
                limit?: number;
                /** @description `next_cursor` of the page before, which had the same other parameters */
                cursor?: string;
                /** @description As `Tidemark-After` */
                after?: number;
            };
            header?: {
                /** @description Answer what is true at this position or later */
                "Tidemark-After"?: number | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of users */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserPage"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_me: {
        parameters: {
            query?: {
                /** @description As `Tidemark-After` */
                after?: number;
            };
            header?: {
                /** @description Answer what is true at this position or later */
                "Tidemark-After"?: number | null;
                /** @description ETags that the caller has */
                "If-None-Match"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller's account */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserView"];
                };
            };
            /** @description The caller has this version */
            304: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_erase_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account will be erased, whatever is in the way just now */
            202: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The account is erased, and all sessions are over */
            204: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller is an administrator */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_change_profile: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
                /** @description The ETag of the version that the caller has seen */
                "If-Match"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeProfileRequest"];
                "application/merge-patch+json": components["schemas"]["ChangeProfileRequest"];
            };
        };
        responses: {
            /** @description The account as it is now */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Profile"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The resource has changed in the meantime */
            412: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    api_keys_list_api_keys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller's keys */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyList"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    api_keys_create_api_key: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateApiKeyRequest"];
            };
        };
        responses: {
            /** @description The key, with its secret */
            201: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedApiKey"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    api_keys_revoke_api_key: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The key's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key counts no more */
            204: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It conflicts with the current state, or the first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    audit_my_audit: {
        parameters: {
            query?: {
                /** @description Events in a page; 50 by default */
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_show_own_avatar: {
        parameters: {
            query?: {
                /** @description As of `/v1/users/{id}/avatar` */
                size?: number;
                /** @description As of `/v1/users/{id}/avatar` */
                v?: string;
            };
            header?: {
                /** @description ETags that the caller has */
                "If-None-Match"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": components["schemas"]["FileContent"];
                };
            };
            /** @description The caller has it */
            304: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_change_avatar: {
        parameters: {
            query?: never;
            header?: {
                /** @description `sha-256=:…:` of the content (RFC 9530) */
                "Content-Digest"?: string | null;
                /** @description The same */
                "Repr-Digest"?: string | null;
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
                /** @description The ETag of the account that the caller has seen */
                "If-Match"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "image/gif": components["schemas"]["FileContent"];
                "image/jpeg": components["schemas"]["FileContent"];
                "image/png": components["schemas"]["FileContent"];
                "image/webp": components["schemas"]["FileContent"];
            };
        };
        responses: {
            /** @description The picture; the ETag is the account's */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Avatar"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The resource has changed in the meantime */
            412: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_remove_avatar: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
                /** @description The ETag of the account that the caller has seen */
                "If-Match"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description There is none */
            204: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It conflicts with the current state, or the first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The resource has changed in the meantime */
            412: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_list_exports: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All that have not expired */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExportList"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_request_export: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is being made */
            202: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExportView"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_show_export: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The export's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How far it is */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExportView"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_download_export: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The export's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Account, sessions and events, with everything that is sealed opened */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It is not ready */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_show: {
        parameters: {
            query?: {
                /** @description As `Tidemark-After` */
                after?: number;
            };
            header?: {
                /** @description Answer what is true at this position or later */
                "Tidemark-After"?: number | null;
                /** @description ETags that the caller has */
                "If-None-Match"?: string | null;
            };
            path: {
                /** @description The user's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user's account */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserView"];
                };
            };
            /** @description The caller has this version */
            304: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_erase_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The user's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account will be erased, whatever is in the way just now */
            202: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The account is erased, and all sessions are over */
            204: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller is an administrator and the user */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    audit_user_audit: {
        parameters: {
            query?: {
                /** @description Events in a page; 50 by default */
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The user's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_show_avatar: {
        parameters: {
            query?: {
                /** @description The longest side in pixels: one of those that the installation makes; the smallest by default */
                size?: number;
                /** @description The file, as the account's `avatar.url` has it: what is there may be kept then */
                v?: string;
            };
            header?: {
                /** @description ETags that the caller has */
                "If-None-Match"?: string | null;
            };
            path: {
                /** @description The user's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": components["schemas"]["FileContent"];
                };
            };
            /** @description The caller has it */
            304: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_logout_all: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
                /** @description The ETag of the version that the caller has seen */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The user's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account, which has no session left */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Administered"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It conflicts with the current state, or the first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The resource has changed in the meantime */
            412: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_reactivate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
                /** @description The ETag of the version that the caller has seen */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The user's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account as it is now */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Administered"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It conflicts with the current state, or the first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The resource has changed in the meantime */
            412: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_grant_role: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
                /** @description The ETag of the version that the caller has seen */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The user's id */
                id: string;
                /** @description The role's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account's roles as they are now */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Administered"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It conflicts with the current state, or the first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The resource has changed in the meantime */
            412: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_revoke_role: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
                /** @description The ETag of the version that the caller has seen */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The user's id */
                id: string;
                /** @description The role's name; it may have been deleted */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account's roles as they are now */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Administered"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It conflicts with the current state, or the first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The resource has changed in the meantime */
            412: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_suspend: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
                /** @description The ETag of the version that the caller has seen */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The user's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account as it is now */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Administered"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It conflicts with the current state, or the first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The resource has changed in the meantime */
            412: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhooks_list_webhooks: {
        parameters: {
            query?: {
                /** @description As `Tidemark-After` */
                after?: number;
            };
            header?: {
                /** @description Answer what is true at this position or later */
                "Tidemark-After"?: number | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All webhooks */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookList"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhooks_create_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateWebhookRequest"];
            };
        };
        responses: {
            /** @description The webhook, with its secret */
            201: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedWebhook"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhooks_show_webhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETags that the caller has */
                "If-None-Match"?: string | null;
            };
            path: {
                /** @description The webhook's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhook */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookView"];
                };
            };
            /** @description The caller has this version */
            304: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhooks_delete_webhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
                /** @description The ETag of the version that the caller has seen */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The webhook's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhook is gone */
            204: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It conflicts with the current state, or the first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The resource has changed in the meantime */
            412: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhooks_change_webhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
                /** @description The ETag of the version that the caller has seen */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The webhook's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeWebhookRequest"];
                "application/merge-patch+json": components["schemas"]["ChangeWebhookRequest"];
            };
        };
        responses: {
            /** @description The webhook as it is now */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookView"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The resource has changed in the meantime */
            412: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhooks_list_deliveries: {
        parameters: {
            query?: {
                /** @description Those in this state only */
                state?: string;
                /** @description Deliveries in a page; 50 by default */
                limit?: number;
                /** @description `next_cursor` of the page before, which had the same other parameters */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The webhook's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of deliveries */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryPage"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhooks_show_delivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The webhook's id */
                id: string;
                /** @description The delivery's id */
                delivery: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery, with its attempts */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryDetails"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhooks_replay_delivery: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The webhook's id */
                id: string;
                /** @description The delivery's id */
                delivery: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is going to be sent */
            202: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Requested"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The webhook is disabled */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhooks_disable_webhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
                /** @description The ETag of the version that the caller has seen */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The webhook's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhook as it is now */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookView"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It conflicts with the current state, or the first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The resource has changed in the meantime */
            412: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhooks_enable_webhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
                /** @description The ETag of the version that the caller has seen */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The webhook's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhook as it is now */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookView"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It conflicts with the current state, or the first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The resource has changed in the meantime */
            412: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhooks_replay_since: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The webhook's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplayRequest"];
            };
        };
        responses: {
            /** @description They are going to be sent */
            202: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Requested"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The webhook is disabled */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has the wrong content type */
            415: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has invalid fields, or the idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhooks_rotate_webhook_secret: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the version that the caller has seen */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The webhook's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The new secret */
            200: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RotatedSecret"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The resource has changed in the meantime */
            412: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhooks_test_webhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeat harmless, for 24 hours; in quotes or not */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The webhook's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is going to be sent */
            202: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Requested"];
                };
            };
            /** @description The request is malformed */
            400: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid access token */
            401: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this, or not by these means, or has to prove again who it is */
            403: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            404: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It conflicts with the current state, or the first request with this idempotency key is not finished */
            409: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something went wrong on our side */
            500: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not available or too busy: try again later */
            503: {
                headers: {
                    /** @description Names the request, as in log lines */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
