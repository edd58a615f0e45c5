// Generated from docs/openapi.json by clients/generate.sh: not to be changed by hand.

export interface paths {
    "/api/v1/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register a user
         * @description Creates a user with the role User. Requires that the tenant's registration is open. Where the tenant requires verified addresses, the user must first follow the link in a mail.
         */
        post: operations["postAuthRegister"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login": {
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
         * @description Opens a session and returns an access token and a refresh token. An unknown address, a wrong password and a deactivated user get the same response. With `X-Session-Mode: cookie` the refresh token is set as a cookie that scripts cannot read, and the response contains a `csrf_token`.
         */
        post: operations["postAuthLogin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refresh the tokens
         * @description Exchanges a refresh token for a new pair of tokens. A refresh token is used once. A second use revokes the session, unless it is within the leeway of some seconds: then it returns the same successor again.
         */
        post: operations["postAuthRefresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
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
         * @description Revokes the session of the access token at once, and the session of `refresh_token`, too. With `all_sessions` it revokes all sessions of the user. Without a valid access token, the refresh token in the body, or in the cookie with its CSRF token, is enough. A session that has already ended gets the same response. In cookie mode the cookies are deleted.
         */
        post: operations["postAuthLogout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password-change": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the password
         * @description Requires the current password. Revokes all other sessions of the user, and reports the change to the user by mail.
         */
        post: operations["postAuthPasswordChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/verify-email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Verify an e-mail address
         * @description Requires the token from the verification mail. The token can be used once.
         */
        post: operations["postAuthVerifyEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/verify-email/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resend a verification mail
         * @description Returns the same response for every address. A mail is sent only to the address of an unverified user.
         */
        post: operations["postAuthVerifyEmailResend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password-reset-request": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Request a password reset
         * @description Returns the same response, after the same work, for every address. A mail is sent only to the address of a user.
         */
        post: operations["postAuthPasswordResetRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password-reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reset a password
         * @description Sets a new password. Requires the token from the mail, which can be used once. Revokes all sessions of the user.
         */
        post: operations["postAuthPasswordReset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/accept-invitation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept an invitation
         * @description Sets the name and password of an invited user. Requires the token from the mail, which can be used once. It also verifies the e-mail address.
         */
        post: operations["postAuthAcceptInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/email-change": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Request an e-mail address change
         * @description Sends a mail with a link to the new address. The address changes when the link is used. Requires the password if the session began more than ten minutes ago. Returns the same response for an address that has an account.
         */
        post: operations["postAuthEmailChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/email-change/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm an e-mail address change
         * @description Changes the address. Requires the token from the mail to the new address, which can be used once. Other mailed links of the user become invalid. The former address gets a mail with a link that undoes the change within seven days.
         */
        post: operations["postAuthEmailChangeConfirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/email-change/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Undo an e-mail address change
         * @description Restores the former address. Requires the token from the mail to that address, which can be used once. Removes the password, revokes all sessions of the user, and sends a mail with a link to set a password.
         */
        post: operations["postAuthEmailChangeUndo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List sessions
         * @description Returns the caller's sessions that can still be refreshed, newest first.
         */
        get: operations["getAuthSessions"];
        put?: never;
        post?: never;
        /**
         * Revoke other sessions
         * @description Revokes all sessions of the caller except the current one. Their tokens stop working at once, on every instance.
         */
        delete: operations["deleteAuthSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sessions/{id}": {
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
         * Revoke a session
         * @description Revokes a session of the caller. Its tokens stop working at once, on every instance.
         */
        delete: operations["deleteAuthSessionsById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the current user
         * @description Returns the user of the access token, with role, permissions and tenant.
         */
        get: operations["getAuthMe"];
        put?: never;
        post?: never;
        /**
         * Delete the current user
         * @description Deletes the caller's user, with its sessions, roles and tokens. Requires the password if the session began more than ten minutes ago. The last active administrator cannot be deleted, and no user for 7 days after a change of the e-mail address, while the change can be undone.
         */
        delete: operations["deleteAuthMe"];
        options?: never;
        head?: never;
        /**
         * Update the current user
         * @description Changes name, telephone number or language. Absent members stay unchanged; `null` removes `last_name`, `phone` or `locale`. Send `If-Match` with the ETag of `GET auth/me` to avoid overwriting a concurrent change.
         */
        patch: operations["patchAuthMe"];
        trace?: never;
    };
    "/api/v1/auth/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export personal data
         * @description Returns one JSON document with profile, roles, sessions, messages and the audit events of the caller's actions. It contains no secrets.
         */
        get: operations["getAuthMeExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List tenants
         * @description Returns the tenants of the installation, newest first. For a deleted tenant whose erasure failed, `erasure` contains the reason.
         *
         *     Requires `platform:tenants:read`.
         */
        get: operations["getTenants"];
        put?: never;
        /**
         * Create a tenant
         * @description Creates a tenant with its system roles, and sends an invitation to its first Admin by e-mail.
         *
         *     Requires `platform:tenants:create`.
         */
        post: operations["postTenants"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a tenant
         * @description Returns your own tenant. Platform administrators can get any tenant.
         *
         *     Requires `tenants:read` or `platform:tenants:read`.
         */
        get: operations["getTenantsById"];
        /**
         * Update a tenant
         * @description Replaces the settings of your own tenant. Platform administrators can update any tenant, and only they can change `subscription_tier`, `rate_limit_per_minute` and `is_active`. The change takes effect on every instance at once.
         *
         *     Requires `tenants:manage` or `platform:tenants:manage`.
         */
        put: operations["putTenantsById"];
        post?: never;
        /**
         * Delete a tenant
         * @description Switches the tenant off at once. The tenant and all its data are erased after the grace period (`TENANT_PURGE_AFTER_DAYS`).
         *
         *     Requires `platform:tenants:delete`.
         */
        delete: operations["deleteTenantsById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore a deleted tenant
         * @description Restores the tenant with all its data. This is possible until the grace period ends.
         *
         *     Requires `platform:tenants:delete`.
         */
        post: operations["postTenantsByIdRestore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{id}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a tenant's usage
         * @description Returns the users, sessions, files, messages of this month and requests of each day, with the quotas of the tenant's tier.
         *
         *     Requires `tenants:read` or `platform:tenants:read`.
         */
        get: operations["getTenantsByIdUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{id}/domain-proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the DNS record of a custom domain
         * @description Returns the TXT record that must be added to the zone of the custom domain.
         *
         *     Requires `tenants:read` or `platform:tenants:read`.
         */
        get: operations["getTenantsByIdDomainProof"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{id}/verify-domain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Verify the custom domain
         * @description Looks up the TXT record in the DNS. If it exists, requests to the domain belong to this tenant from then on, and no other tenant can have the domain.
         *
         *     Requires `tenants:manage` or `platform:tenants:manage`.
         */
        post: operations["postTenantsByIdVerifyDomain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List users
         * @description Returns the users of the tenant with their roles, newest first. Filters can be combined.
         *
         *     Requires `users:read`.
         */
        get: operations["getUsers"];
        put?: never;
        /**
         * Invite a user
         * @description Creates a user and sends an invitation by mail. You cannot grant a role with permissions that you do not have.
         *
         *     Requires `users:create`.
         */
        post: operations["postUsers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resend many invitations
         * @description Sends the invitation mail to up to 100 users who have no password, for example after an import. Returns the users who were invited, and why others were not.
         *
         *     Requires `users:create`.
         */
        post: operations["postUsersInvitations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a user
         * @description Returns a user with its roles.
         *
         *     Requires `users:read`.
         */
        get: operations["getUsersById"];
        /**
         * Update a user
         * @description Replaces names, telephone number and language; the value of an absent member is removed. `email` changes the address: the user is signed out, must verify the new address by mail, and the former address is informed. You cannot update a user whose permissions exceed yours, nor your own address.
         *
         *     Requires `users:update`.
         */
        put: operations["putUsersById"];
        post?: never;
        /**
         * Delete a user
         * @description Deletes a user with its sessions, roles and tokens. What the user created stays. The last active administrator cannot be deleted.
         *
         *     Requires `users:delete`.
         */
        delete: operations["deleteUsersById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/deactivate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deactivate a user
         * @description Revokes all sessions of the user at once, on every instance, and all links that were mailed to the user. A deactivated user cannot sign in. The last active administrator cannot be deactivated.
         *
         *     Requires `users:update`.
         */
        post: operations["postUsersByIdDeactivate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/activate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Activate a user
         * @description Allows a deactivated user to sign in again. Revoked sessions stay revoked.
         *
         *     Requires `users:update`.
         */
        post: operations["postUsersByIdActivate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Grant a role to a user
         * @description You cannot grant a role with permissions that you do not have. Granting a role that the user already has changes nothing.
         *
         *     Requires `users:update`.
         */
        post: operations["postUsersByIdRoles"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/roles/{roleId}": {
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
         * Remove a role from a user
         * @description The last active administrator cannot lose the role.
         *
         *     Requires `users:update`.
         */
        delete: operations["deleteUsersByIdRolesByRoleId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/sessions": {
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
         * Revoke all sessions of a user
         * @description The tokens of the user stop working at once, on every instance.
         *
         *     Requires `users:update`.
         */
        delete: operations["deleteUsersByIdSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/invitation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resend an invitation
         * @description Sends the invitation mail with a new link. The previous link becomes invalid.
         *
         *     Requires `users:create`.
         */
        post: operations["postUsersByIdInvitation"];
        /**
         * Cancel an invitation
         * @description Before acceptance only. Invalidates the invitation link, and deletes the invited user.
         *
         *     Requires `users:create`.
         */
        delete: operations["deleteUsersByIdInvitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List roles
         * @description Returns the roles of the tenant, newest first. Each role lists its permissions and the role that each permission comes from.
         *
         *     Requires `roles:read`.
         */
        get: operations["getRoles"];
        put?: never;
        /**
         * Create a role
         * @description Creates a role, optionally built on a parent role (`parent_id`). You cannot grant a permission that you do not have. The name must not look like the name of another role or of a system role.
         *
         *     Requires `roles:manage`.
         */
        post: operations["postRoles"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/roles/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a role
         * @description Returns the role, its permissions, and the role that each permission comes from.
         *
         *     Requires `roles:read`.
         */
        get: operations["getRolesById"];
        /**
         * Update a role
         * @description Replaces the role's name, description, parent and permissions. The change applies to all users with the role within a second. System roles cannot be changed. You need every permission that the role has before and after the change.
         *
         *     Requires `roles:manage`.
         */
        put: operations["putRolesById"];
        post?: never;
        /**
         * Delete a role
         * @description Deletes a role that is assigned to no user and is the parent of no other role. System roles cannot be deleted.
         *
         *     Requires `roles:manage`.
         */
        delete: operations["deleteRolesById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/roles/{id}/permissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add a permission to a role
         * @description Adds the permission with this name and returns the role. Adding a permission that the role already has changes nothing.
         *
         *     Requires `roles:manage`.
         */
        post: operations["postRolesByIdPermissions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/roles/{id}/permissions/{permissionId}": {
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
         * Remove a permission from a role
         * @description Removes one of the role's own permissions. A permission that comes from the parent role cannot be removed here.
         *
         *     Requires `roles:manage`.
         */
        delete: operations["deleteRolesByIdPermissionsByPermissionId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/roles/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Preview a role change
         * @description Returns the users who would gain or lose permissions if the role had this parent and these permissions. Nothing is changed. E-mail addresses are shown to callers with `users:read`; other callers see ids only.
         *
         *     Requires `roles:manage`.
         */
        post: operations["postRolesByIdPreview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/permissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List permissions
         * @description Returns all permissions that a role can have, newest first.
         *
         *     Requires `roles:read`.
         */
        get: operations["getPermissions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/unsubscribe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the unsubscribe page
         * @description Returns the page behind the unsubscribe link of a marketing message. Opening it changes nothing: its button unsubscribes. A browser gets refusals as pages.
         */
        get: operations["getNotificationsUnsubscribe"];
        put?: never;
        /**
         * Unsubscribe
         * @description Unsubscribes the recipient of the link from marketing messages of the tenant, with one click (RFC 8058). A browser gets a page that confirms it, and refusals as pages.
         */
        post: operations["postNotificationsUnsubscribe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/shared": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Open a share link
         * @description Redirects to the file and counts a download. A link with a password returns a page that asks for it. A browser gets refusals as pages.
         */
        get: operations["getFilesShared"];
        put?: never;
        /**
         * Open a share link with a password
         * @description Checks the password that the page of the link sends, and redirects to the file. A browser gets refusals as pages; after a wrong password the page asks again.
         */
        post: operations["postFilesShared"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/access/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Explain a user's access
         * @description Returns whether a user has a permission, and through which roles and parent roles. For another user than yourself, you also need `users:read`.
         *
         *     Requires `roles:read`.
         */
        get: operations["getAccessExplain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send an e-mail
         * @description Queues an e-mail. Send `subject` with `body`, `html_body` or both, or send `template_name` with `template_vars`. The response does not wait for the delivery: `GET` of the `Location` returns its state.
         *
         *     Requires `notifications:send`.
         */
        post: operations["postNotificationsEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/sms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send an SMS
         * @description Queues an SMS. The country of the telephone number must be one to which the tenant sends SMS (`notifications/settings`). `segments` is the number of segments that are charged.
         *
         *     Requires `notifications:send`.
         */
        post: operations["postNotificationsSms"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/push": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a push notification
         * @description Queues a push notification to a device, or one message to each device of a user.
         *
         *     Requires `notifications:send`.
         */
        post: operations["postNotificationsPush"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List messages
         * @description Returns messages without their texts, newest first. The filters `channel`, `status`, `recipient`, `template_name`, `category` and `user_id` match exactly. `from` and `to` filter by the time of creation.
         *
         *     Requires `notifications:read`.
         */
        get: operations["getNotificationsHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a message
         * @description Returns a message with its texts. The texts are null where the tenant hides them (`redact_bodies`) and where they contain a one-time link or code.
         *
         *     Requires `notifications:read`.
         */
        get: operations["getNotificationsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry a message
         * @description Queues a message again that failed, bounced, was suppressed or was cancelled. It gets as many attempts as a new message. An SMS counts against the limits again.
         *
         *     Requires `notifications:send`.
         */
        post: operations["postNotificationsByIdRetry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a message
         * @description Cancels a message that is still queued. Messages that the service sends by itself cannot be cancelled.
         *
         *     Requires `notifications:send`.
         */
        post: operations["postNotificationsByIdCancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the notification settings
         * @description Returns the tenant's settings for its messages: the language, whether texts are erased after sending, and the countries and limits for SMS.
         *
         *     Requires `tenants:read`.
         */
        get: operations["getNotificationsSettings"];
        /**
         * Replace the notification settings
         * @description Replaces all of the tenant's settings for its messages. They apply to messages that are sent from then on.
         *
         *     Requires `tenants:manage`.
         */
        put: operations["putNotificationsSettings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/feedback/sns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Receive SES feedback
         * @description Receives the deliveries, bounces, complaints and rejects that SES publishes to an SNS topic. Only messages of the topics in `SNS_FEEDBACK_TOPIC_ARNS` with a valid signature of SNS are accepted.
         */
        post: operations["postNotificationsFeedbackSns"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List templates
         * @description Returns the tenant's templates, newest first. The filters `name`, `type` and `is_active` match exactly.
         *
         *     Requires `notifications:read`.
         */
        get: operations["getNotificationsTemplates"];
        put?: never;
        /**
         * Create a template
         * @description Creates a template in Liquid. A template with the name of a system template (`templates/system`) replaces that one for the tenant, and requires the permission `templates:security` too. Faults in the texts are reported with line and column.
         *
         *     Requires `templates:manage`.
         */
        post: operations["postNotificationsTemplates"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/templates/system": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List system templates
         * @description Returns the e-mails that the service sends by itself, with their default texts. A tenant can replace them.
         *
         *     Requires `notifications:read`.
         */
        get: operations["getNotificationsTemplatesSystem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/templates/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a template
         * @description Returns a template with its current content.
         *
         *     Requires `notifications:read`.
         */
        get: operations["getNotificationsTemplatesById"];
        /**
         * Replace a template
         * @description Replaces the whole content of a template. Members that are not sent are removed. `name` and `type` cannot be changed. The previous content stays available as a version.
         *
         *     Requires `templates:manage`.
         */
        put: operations["putNotificationsTemplatesById"];
        post?: never;
        /**
         * Delete a template
         * @description Deletes a template with all its versions. Messages that are already queued are sent unchanged.
         *
         *     Requires `templates:manage`.
         */
        delete: operations["deleteNotificationsTemplatesById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/templates/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Preview a template
         * @description Renders a template with values, as a message would be, and sends nothing. The preview of an SMS includes its encoding and its number of segments.
         *
         *     Requires `templates:manage`.
         */
        post: operations["postNotificationsTemplatesByIdPreview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/templates/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List template versions
         * @description Returns the versions of a template, newest first. The current version is included.
         *
         *     Requires `notifications:read`.
         */
        get: operations["getNotificationsTemplatesByIdVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/templates/{id}/versions/{revision}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore a template version
         * @description Makes the content of an earlier version current again, as a new version.
         *
         *     Requires `templates:manage`.
         */
        post: operations["postNotificationsTemplatesByIdVersionsByRevisionRestore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/suppressions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List suppressions
         * @description Returns the recipients that get no more messages of the tenant, newest first. The filters `channel`, `recipient` and `reason` match exactly.
         *
         *     Requires `notifications:read`.
         */
        get: operations["getNotificationsSuppressions"];
        put?: never;
        /**
         * Add a suppression
         * @description The recipient gets no more messages that the tenant sends. E-mails that the service sends by itself, such as a password reset, are still sent.
         *
         *     Requires `notifications:send`.
         */
        post: operations["postNotificationsSuppressions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/suppressions/{id}": {
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
         * Remove a suppression
         * @description Messages to the recipient are sent again. The next permanent bounce or complaint adds the suppression again.
         *
         *     Requires `notifications:send`.
         */
        delete: operations["deleteNotificationsSuppressionsById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List devices
         * @description Returns the caller's own devices, newest first. Retired devices are included.
         */
        get: operations["getNotificationsDevices"];
        put?: never;
        /**
         * Register a device
         * @description Registers a device of the caller for push notifications, by the device token of APNs or FCM. A token that is registered again names the same device, which then belongs to the caller.
         */
        post: operations["postNotificationsDevices"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/devices/{id}": {
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
         * Remove a device
         * @description Removes one of the caller's own devices. It gets no more push notifications.
         */
        delete: operations["deleteNotificationsDevicesById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/upload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload a file
         * @description Uploads a file in one request. In a form, the part `file` is the last one, after the optional fields `metadata` (a JSON object) and `tags`. Otherwise the body is the file: its name is in `Content-Disposition`, and `tags` and `metadata` are in the query. The service streams the bytes to the object store, and returns the file.
         *
         *     Requires `files:create`.
         */
        post: operations["postFilesUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a direct upload
         * @description Begins an upload whose bytes the client sends to the object store itself. Returns signed requests for exactly this size, in several parts for a large file. Send them, then complete the upload within an hour. Until then the file does not exist. Its bytes count against the quota from the start.
         *
         *     Requires `files:create`.
         */
        post: operations["postFilesUploads"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/uploads/{id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Complete a direct upload
         * @description Checks the size, the SHA-256 and the media type of the bytes in the object store. Creates the file and returns it. Only the user who started the upload can complete it.
         *
         *     Requires `files:create`.
         */
        post: operations["postFilesUploadsByIdComplete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/uploads/{id}": {
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
         * Cancel a direct upload
         * @description Ends the upload and removes the bytes that have arrived. Only the user who started the upload can cancel it.
         *
         *     Requires `files:create`.
         */
        delete: operations["deleteFilesUploadsById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List files
         * @description Returns the files of the tenant, newest first. Filters that are combined must all match.
         *
         *     Requires `files:read`.
         */
        get: operations["getFiles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the file settings
         * @description Returns the media types of files that the tenant does not accept.
         *
         *     Requires `tenants:read`.
         */
        get: operations["getFilesSettings"];
        /**
         * Replace the file settings
         * @description Replaces the media types that the tenant does not accept. Uploads of these types are refused from then on. Existing files stay.
         *
         *     Requires `tenants:manage`.
         */
        put: operations["putFilesSettings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a file
         * @description Returns the name, type, size and other metadata of a file. Its bytes are returned by `/download`.
         *
         *     Requires `files:read`.
         */
        get: operations["getFilesById"];
        put?: never;
        post?: never;
        /**
         * Delete a file
         * @description Deletes a file and its share links. Its bytes are removed a moment later, and download addresses stop working then. Files of other users require `files:manage`.
         *
         *     Requires `files:delete` or `files:manage`.
         */
        delete: operations["deleteFilesById"];
        options?: never;
        head?: never;
        /**
         * Update a file
         * @description Changes the name, metadata or tags of a file. Omitted members stay. Files of other users require `files:manage`.
         *
         *     Requires `files:update` or `files:manage`.
         */
        patch: operations["patchFilesById"];
        trace?: never;
    };
    "/api/v1/files/{id}/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download a file
         * @description Redirects to a signed address of the object store, which supports `Range`. With `redirect=false` the response contains the address. A file whose virus scan is not complete, or has found a threat, cannot be downloaded (409).
         *
         *     Requires `files:read`.
         */
        get: operations["getFilesByIdDownload"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /**
         * Download a file
         * @description Redirects to a signed address of the object store, which supports `Range`. With `redirect=false` the response contains the address. A file whose virus scan is not complete, or has found a threat, cannot be downloaded (409).
         *
         *     Requires `files:read`.
         */
        head: operations["headFilesByIdDownload"];
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{id}/scan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Scan a file for viruses again
         * @description Queues the file for another virus scan, for example after an update of the signatures or a false alarm. The file cannot be downloaded until the scan is complete.
         *
         *     Requires `files:manage`.
         */
        post: operations["postFilesByIdScan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{id}/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the share links of a file
         * @description Returns the share links of the file, newest first, including those that have ended. Files of other users require `files:manage`.
         *
         *     Requires `files:update` or `files:manage`.
         */
        get: operations["getFilesByIdLinks"];
        put?: never;
        /**
         * Create a share link
         * @description Creates a link by which a recipient without an account can download the file. The link can have an expiry, a maximum number of downloads and a password. Its address is returned only here. Files of other users require `files:manage`.
         *
         *     Requires `files:update` or `files:manage`.
         */
        post: operations["postFilesByIdLinks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/links/{id}": {
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
         * Revoke a share link
         * @description Ends the link at once. Links to files of other users require `files:manage`.
         *
         *     Requires `files:update` or `files:manage`.
         */
        delete: operations["deleteFilesLinksById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List audit events
         * @description Returns the changes and refused changes of a tenant, newest first.
         *
         *     Requires `audit:read` or `platform:audit:read`.
         */
        get: operations["getAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit-events/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export audit events
         * @description Returns all audit events that match the filter as JSON Lines, one event per line, newest first. The number of events is not limited.
         *
         *     Requires `audit:read` or `platform:audit:read`.
         */
        get: operations["getAuditEventsExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit-events/heads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List signed chain heads
         * @description Returns the signed ends of the audit chain, newest first. The chain is signed once an hour. Store a head, and later compare it with the log to detect that the log was rewritten. Verify its signature with the keys of `/.well-known/jwks.json`.
         *
         *     Requires `audit:read` or `platform:audit:read`.
         */
        get: operations["getAuditEventsHeads"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit-events/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an audit event
         * @description Returns one audit event of your tenant.
         *
         *     Requires `audit:read` or `platform:audit:read`.
         */
        get: operations["getAuditEventsById"];
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
         * List public keys
         * @description Returns the key set (RFC 7517) that verifies access tokens: ES256, selected by `kid`.
         */
        get: operations["getWellKnownJwksJson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/openid-configuration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get issuer metadata
         * @description Returns issuer, key set and algorithms, for libraries that support discovery.
         */
        get: operations["getWellKnownOpenidConfiguration"];
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
        /**
         * Check the health
         * @description The same as `/health/ready`.
         */
        get: operations["getHealth"];
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
         * Check liveness
         * @description Reports that the process is running. It checks nothing else: restarting the process would not repair a database.
         */
        get: operations["getHealthLive"];
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
        /**
         * Check readiness
         * @description Reports whether the instance can serve requests. Returns 503 if the database is unavailable, its schema is outdated, it does not isolate tenants, or the instance is stopping. Without the object store or Redis the status is `degraded`: most requests still work. The state of each part is returned only to callers who may read the metrics.
         */
        get: operations["getHealthReady"];
        put?: never;
        post?: never;
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
        /**
         * @example {
         *       "token": "tnm_AZqPPmwAfTGfKm0cDlt6QnNob3dzIHdoYXQgaXQgbG9va3MgbGlrZQ",
         *       "password": "correct horse battery",
         *       "first_name": "Ada",
         *       "last_name": "Lovelace"
         *     }
         */
        AcceptInvitationRequest: {
            /** @description The token from the invitation mail. */
            token: string;
            /**
             * Format: password
             * @description The password that the user chooses.
             */
            password: string;
            /** @description The user's first name. */
            first_name: string;
            /** @description The user's last name. */
            last_name?: null | string;
        };
        /** @enum {string} */
        ActionKind: "link" | "code";
        ActorOfEvent: {
            /**
             * Format: uuid
             * @description The user's id.
             */
            id: string;
            /**
             * Format: uuid
             * @description The user's tenant. For platform administrators it is another tenant than the log's.
             */
            tenant_id: string;
            /** @description The user's present e-mail address; null if the tenant has no such user any more. */
            email: null | string;
        };
        /**
         * @example {
         *       "permission": "notifications:send"
         *     }
         */
        AddRolePermissionRequest: {
            /** @description The permission's name, for example `users:read`. */
            permission: string;
        };
        /**
         * @example {
         *       "channel": "email",
         *       "recipient": "gone@example.com"
         *     }
         */
        AddSuppressionRequest: {
            channel?: null | components["schemas"]["Channel"];
            /** @description The e-mail address, or the telephone number in E.164. */
            recipient: string;
        };
        /** @description A role that is assigned to a user. */
        AssignedRole: {
            /**
             * Format: uuid
             * @description The id of the role.
             */
            id: string;
            /** @description The name of the role. */
            name: string;
        };
        /**
         * @example {
         *       "role_id": "019a8f3e-5b00-7e21-a1b2-c3d4e5f60718"
         *     }
         */
        AssignRoleRequest: {
            /**
             * Format: uuid
             * @description The id of the role.
             */
            role_id: string;
        };
        /**
         * @description An audit event: a change, or a refused change.
         * @example {
         *       "id": "019a8f3e-6c00-7d31-9f2a-6d1c0e5b7a42",
         *       "occurred_at": "2026-01-31T08:00:00Z",
         *       "action": "user.changed",
         *       "outcome": "success",
         *       "actor": {
         *         "id": "019a8f3e-5b00-7e21-a1b2-c3d4e5f60718",
         *         "tenant_id": "019a8f3e-4a00-7c11-8a9b-0c1d2e3f4a5b",
         *         "email": "ada@example.com"
         *       },
         *       "on_behalf_of": null,
         *       "target_id": "019a8f3e-5c00-7a21-b1b2-c3d4e5f60719",
         *       "changes": {
         *         "first_name": {
         *           "before": "Grace",
         *           "after": "Amazing Grace"
         *         }
         *       },
         *       "details": null,
         *       "address": "203.0.113.7",
         *       "user_agent": "curl/8.5.0",
         *       "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"
         *     }
         */
        AuditEventDocument: {
            /**
             * Format: uuid
             * @description The event's id. Ids increase with time.
             */
            id: string;
            /**
             * Format: date-time
             * @description When the event occurred, by the clock of the instance.
             */
            occurred_at: string;
            /** @description What was done, for example `user.changed`. */
            action: string;
            /** @description `success`, or the code of the refusal. */
            outcome: string;
            actor: null | components["schemas"]["ActorOfEvent"];
            /**
             * Format: uuid
             * @description The id of the user who allowed it, if it is not the actor: for example the creator of a share link.
             */
            on_behalf_of: null | string;
            /**
             * Format: uuid
             * @description The id of what was changed.
             */
            target_id: null | string;
            /** @description The value of each changed field, `before` and `after`. */
            changes: null | {
                [key: string]: unknown;
            };
            /** @description Further details, which depend on the action. */
            details: null | {
                [key: string]: unknown;
            };
            /** @description The client's IP address; null if the service itself or its operator did it. */
            address: null | string;
            /** @description The client's User-Agent header. */
            user_agent: null | string;
            /** @description The trace id of the request, as in its response and in the log of the service. */
            trace_id: null | string;
        };
        /** @description A signed end of an audit chain. */
        AuditHeadDocument: {
            /**
             * Format: uuid
             * @description The head's id. Ids increase with time.
             */
            id: string;
            /**
             * Format: int64
             * @description The number of events up to this head.
             */
            position: number;
            /**
             * Format: byte
             * @description The hash of the chain up to this head, in base64.
             */
            hash: string;
            /**
             * Format: date-time
             * @description When the head was signed.
             */
            signed_at: string;
            /** @description The key id (`kid`) of the signing key. */
            key_id: string;
            /**
             * @description The head as a compact JWS with the claims `iss`, `tenant_id`, `position`, `hash`, `prev`
             *     and `iat`.
             */
            jws: string;
        };
        /** @enum {string} */
        Category: "transactional" | "marketing";
        /**
         * @description A merge patch (RFC 7396): an absent member stays unchanged, and `null` removes the value.
         * @example {
         *       "first_name": "Ada",
         *       "last_name": "King",
         *       "phone": null,
         *       "locale": "de-CH"
         *     }
         */
        ChangeMeRequest: {
            /** @description The user's first name. It cannot be removed. */
            first_name?: null | string;
            /** @description The user's last name. */
            last_name?: null | string;
            /** @description The user's telephone number in E.164 format. */
            phone?: null | string;
            /** @description The language of messages to the user, as a tag (`de-CH`). */
            locale?: null | string;
        };
        /**
         * @example {
         *       "current_password": "correct horse battery",
         *       "new_password": "a longer horse and two batteries"
         *     }
         */
        ChangePasswordRequest: {
            /** @description The user's current password. */
            current_password: string;
            /**
             * Format: password
             * @description The password that the user chooses.
             */
            new_password: string;
        };
        /**
         * @description The complete profile: the value of an absent member is removed. An absent address and absent metadata stay.
         * @example {
         *       "email": null,
         *       "first_name": "Ada",
         *       "last_name": "King",
         *       "phone": "+41791234567",
         *       "locale": "de-CH",
         *       "metadata": {
         *         "department": "Engines"
         *       }
         *     }
         */
        ChangeUserRequest: {
            /**
             * Format: email
             * @description The user's new e-mail address, which the user must verify. Absent: the address stays.
             */
            email?: null | string;
            /** @description The user's first name. */
            first_name?: null | string;
            /** @description The user's last name. */
            last_name?: null | string;
            /** @description The user's telephone number in E.164 format. */
            phone?: null | string;
            /** @description The language of messages to the user, as a tag (`de-CH`). */
            locale?: null | string;
            /** @description A JSON object for your own use. If omitted, it does not change. */
            metadata?: null | {
                [key: string]: unknown;
            };
        };
        /**
         * @description By what a message goes.
         * @enum {string}
         */
        Channel: "email" | "sms" | "push";
        /**
         * @example {
         *       "token": "tnm_AZqPPmwAfTGfKm0cDlt6QnNob3dzIHdoYXQgaXQgbG9va3MgbGlrZQ"
         *     }
         */
        ConfirmEmailChangeRequest: {
            /** @description The token from the mail. */
            token: string;
        };
        /**
         * @example {
         *       "expires_in": 86400,
         *       "max_downloads": 3,
         *       "password": null
         *     }
         */
        CreateFileLinkRequest: {
            /**
             * Format: int32
             * @description The lifetime of the link in seconds: 60 seconds to 90 days, 7 days by default.
             */
            expires_in?: null | number;
            /**
             * Format: int32
             * @description The number of downloads after which the link ends. Omitted: it is unlimited.
             */
            max_downloads?: null | number;
            /** @description A password that the recipient must enter. Omitted: the link alone is sufficient. */
            password?: null | string;
        };
        /**
         * @example {
         *       "name": "Support",
         *       "description": "Answers questions",
         *       "parent_id": "019a8f3e-5b00-7e21-a1b2-c3d4e5f60718",
         *       "permissions": [
         *         "notifications:send"
         *       ]
         *     }
         */
        CreateRoleRequest: {
            /** @description The role's name. It is unique in the tenant. */
            name: string;
            /** @description What the role is for. */
            description?: null | string;
            /**
             * Format: uuid
             * @description The parent role's id. The role also has all permissions of its parent.
             */
            parent_id?: null | string;
            /** @description The names of the role's own permissions, besides those of its parent. */
            permissions?: null | string[];
        };
        CreateTenantFirstAdmin: {
            /**
             * Format: email
             * @description The user's e-mail address.
             */
            email: string;
            /** @description The user's first name. */
            first_name: string;
            /** @description The user's last name. */
            last_name?: null | string;
            /** @description The user's phone number in international form (E.164). */
            phone?: null | string;
        };
        /**
         * @example {
         *       "name": "Acme",
         *       "slug": "acme",
         *       "custom_domain": null,
         *       "subscription_tier": "standard",
         *       "metadata": {
         *         "crm_id": "4711"
         *       },
         *       "admin": {
         *         "email": "grace@acme.example",
         *         "first_name": "Grace",
         *         "last_name": "Hopper",
         *         "phone": null
         *       }
         *     }
         */
        CreateTenantRequest: {
            /** @description The tenant's name, as people read it. */
            name: string;
            /** @description The tenant's short name in addresses and headers. It can never change. */
            slug: string;
            /**
             * Format: hostname
             * @description The tenant's own host name. It must be verified before it is used.
             */
            custom_domain?: null | string;
            subscription_tier?: null | components["schemas"]["SubscriptionTier"];
            /** @description A JSON object for your own use. */
            metadata?: null | {
                [key: string]: unknown;
            };
            admin: null | components["schemas"]["CreateTenantFirstAdmin"];
        };
        DailyRequests: {
            /**
             * Format: date
             * @description The day in UTC.
             */
            date: string;
            /**
             * Format: int64
             * @description The number of requests that named the tenant.
             */
            requests: number;
            /**
             * Format: int64
             * @description The number of requests that were refused because of a rate limit or quota.
             */
            refusals: number;
        };
        /**
         * @example {
         *       "password": "correct horse battery"
         *     }
         */
        DeleteMeRequest: {
            /** @description The user's password. Required if the session began more than ten minutes ago. */
            password?: null | string;
        };
        /**
         * @description A device of a user, as the API shows it.
         * @example {
         *       "id": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70821",
         *       "name": "Ada's telephone",
         *       "retired_because": null,
         *       "created_at": "2026-01-31T08:00:00Z",
         *       "updated_at": "2026-01-31T08:00:00Z"
         *     }
         */
        DeviceDocument: {
            /**
             * Format: uuid
             * @description The id of the device. `POST push` accepts it as recipient.
             */
            id: string;
            /** @description The name of the device that the user sees. */
            name: null | string;
            /** @description Why the device gets no more push notifications. Null: the device is active. */
            retired_because: null | string;
            /**
             * Format: date-time
             * @description When the device was first registered.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When the device was last registered.
             */
            updated_at: string;
        };
        /** @description A signed request that sends one part of a file to the object store. */
        DirectUploadPart: {
            /** @description The HTTP method of the request. */
            method: string;
            /**
             * Format: uri
             * @description The signed URL of the request.
             */
            url: string;
            /** @description The headers that the request must have. */
            headers: {
                [key: string]: string;
            };
            /**
             * Format: int64
             * @description The size of the request's body in bytes.
             */
            size: number;
        };
        /**
         * @description The DNS record that proves that a tenant owns its custom domain: only the owner of a domain can add records to its
         *     zone. The value is a MAC of tenant and domain. Nothing is stored, it cannot be guessed, and another tenant that
         *     requests the same domain gets another value.
         */
        DomainProof: {
            /** @description The name of the TXT record. */
            name: string;
            /** @description The value of the TXT record. */
            value: string;
        };
        /**
         * @example {
         *       "url": "https://files.example.com/019a8f3e-8d00-7c11-a2b3-c4d5e6f70001/5b0b6a3e-54a6-4b1e-9a37-0c6f5f4d2a11?signature=Tm9uZQ",
         *       "expires_at": "2026-01-31T08:05:00Z"
         *     }
         */
        DownloadFileResponse: {
            /**
             * Format: uri
             * @description The signed address. Anyone who has it can download the file until it expires.
             */
            url: string;
            /**
             * Format: date-time
             * @description The time at which the address expires.
             */
            expires_at: string;
        };
        ExplainAccessGrantingRole: {
            /**
             * Format: uuid
             * @description The id of a role that is assigned to the user.
             */
            role_id: string;
            /** @description The role's name. */
            role: string;
            /** @description The names from this role through its parents to the role that has the permission itself. */
            chain: string[];
        };
        /**
         * @example {
         *       "user_id": "019a8f3e-6c00-7d31-9f2a-6d1c0e5b7a42",
         *       "permission": "users:read",
         *       "allowed": true,
         *       "reason": "The role Manager grants the permission.",
         *       "ways": [
         *         {
         *           "role_id": "019a8f3e-5b00-7e21-a1b2-c3d4e5f60718",
         *           "role": "Manager",
         *           "chain": [
         *             "Manager",
         *             "User",
         *             "Viewer"
         *           ]
         *         }
         *       ],
         *       "as_of": "2026-01-30T08:00:00Z"
         *     }
         */
        ExplainAccessResponse: {
            /**
             * Format: uuid
             * @description The user's id.
             */
            user_id: string;
            /** @description The permission's name. */
            permission: string;
            /** @description Whether a request of this user that needs the permission would be allowed. */
            allowed: boolean;
            /** @description The reason, as a sentence. */
            reason: string;
            /** @description The user's roles that grant the permission. */
            ways: components["schemas"]["ExplainAccessGrantingRole"][];
            /**
             * Format: date-time
             * @description The time of this result.
             */
            as_of: string;
        };
        ExportMeExportedEvent: {
            /**
             * Format: uuid
             * @description The event's id.
             */
            id: string;
            /**
             * Format: date-time
             * @description The time of the action.
             */
            occurred_at: string;
            /** @description The action, for example `auth.login`. */
            action: string;
            /** @description `success`, or the code of the refusal. */
            outcome: string;
            /** @description The IP address of the request. */
            address: null | string;
            /** @description The user agent of the request. */
            user_agent: null | string;
        };
        ExportMeExportedMessage: {
            /**
             * Format: uuid
             * @description The message's id.
             */
            id: string;
            /** @description The channel of the message. */
            type: components["schemas"]["Channel"];
            /** @description The address or number of the recipient. */
            recipient: string;
            /** @description The subject. Null where the message contained a secret. */
            subject: null | string;
            /** @description The status of the message. */
            status: components["schemas"]["NotificationStatus"];
            /**
             * Format: date-time
             * @description The time when the message was created.
             */
            created_at: string;
        };
        ExportMeExportedSession: {
            /**
             * Format: uuid
             * @description The session's id.
             */
            id: string;
            /** @description The IP address of the sign-in. */
            address: null | string;
            /** @description The user agent of the sign-in. */
            user_agent: null | string;
            /**
             * Format: date-time
             * @description The time of the sign-in.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description The time of the sign-in or of the last refresh.
             */
            last_used_at: string;
            /**
             * Format: date-time
             * @description The time when the session expires.
             */
            expires_at: string;
            /**
             * Format: date-time
             * @description The time when the session was revoked. Null: it was not.
             */
            revoked_at: null | string;
        };
        ExportMeExportedTenant: {
            /**
             * Format: uuid
             * @description The tenant's id.
             */
            id: string;
            /** @description The tenant's slug. */
            slug: string;
            /** @description The tenant's name. */
            name: string;
        };
        ExportMeResponse: {
            /** @description The user's profile and roles. */
            user: components["schemas"]["UserDocument"];
            /** @description The user's tenant. */
            tenant: components["schemas"]["ExportMeExportedTenant"];
            /** @description The user's sessions, newest first, including expired and revoked ones. */
            sessions: components["schemas"]["ExportMeExportedSession"][];
            /** @description The messages to the user, newest first. */
            messages: components["schemas"]["ExportMeExportedMessage"][];
            /** @description The audit events of the user's own actions, newest first. */
            audit_events: components["schemas"]["ExportMeExportedEvent"][];
            /**
             * Format: date-time
             * @description The time of the export.
             */
            exported_at: string;
        };
        /** @description The last failed attempt to erase a deleted tenant. Erasure is tried again. */
        FailedErasure: {
            /**
             * Format: int32
             * @description The number of attempts that failed.
             */
            attempts: number;
            /**
             * Format: date-time
             * @description When the last attempt failed.
             */
            failed_at: string;
            /** @description The table and the database's error code. It contains no values of rows. */
            reason: string;
            /**
             * Format: date-time
             * @description When erasure is tried again at the earliest.
             */
            next_attempt_at: null | string;
        };
        /**
         * @description A file with its metadata.
         * @example {
         *       "id": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70901",
         *       "file_key": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70001/5b0b6a3e-54a6-4b1e-9a37-0c6f5f4d2a11",
         *       "file_name": "invoice-4711.pdf",
         *       "file_size": 48213,
         *       "mime_type": "application/pdf",
         *       "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
         *       "metadata": {
         *         "order": "4711"
         *       },
         *       "tags": [
         *         "invoice"
         *       ],
         *       "scan": "clean",
         *       "threat": null,
         *       "user_id": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70002",
         *       "created_at": "2026-01-31T08:00:00Z",
         *       "updated_at": "2026-01-31T08:00:00Z"
         *     }
         */
        FileDocument: {
            /**
             * Format: uuid
             * @description The id of the file.
             */
            id: string;
            /** @description The key of the file's object in the object store. */
            file_key: string;
            /** @description The file name under which the file is downloaded. */
            file_name: string;
            /**
             * Format: int64
             * @description The size of the file in bytes.
             */
            file_size: number;
            /** @description The media type by the first bytes of the file, or the declared one where they show none. */
            mime_type: string;
            /** @description The SHA-256 of the file's bytes, in hexadecimal. */
            sha256: string;
            /** @description The JSON object that the application stored with the file. */
            metadata: {
                [key: string]: unknown;
            };
            /** @description The tags of the application, by which files can be found. */
            tags: string[];
            /**
             * @description The result of the virus scan. `not_scanned` means that no scanner is configured. A file that is `pending`,
             *     `infected` or `unscannable` cannot be downloaded.
             */
            scan: components["schemas"]["Scan"];
            /** @description The scanner's name of the threat that it found. */
            threat: null | string;
            /**
             * Format: uuid
             * @description The id of the user who uploaded the file.
             */
            user_id: null | string;
            /**
             * Format: date-time
             * @description The time at which the file was created.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description The time at which its name, metadata or tags last changed.
             */
            updated_at: string;
        };
        /**
         * @description A share link of a file.
         * @example {
         *       "id": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70902",
         *       "url": null,
         *       "has_password": false,
         *       "max_downloads": 3,
         *       "downloads": 0,
         *       "expires_at": "2026-02-01T08:00:00Z",
         *       "created_by": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70002",
         *       "created_at": "2026-01-31T08:00:00Z"
         *     }
         */
        FileLinkDocument: {
            /**
             * Format: uuid
             * @description The id of the link.
             */
            id: string;
            /**
             * Format: uri
             * @description Always null: only the creation returns the address, and it cannot be read again.
             */
            url: null | string;
            /** @description Whether the link requires a password. */
            has_password: boolean;
            /**
             * Format: int32
             * @description The number of downloads after which the link ends. Null: it is unlimited.
             */
            max_downloads: null | number;
            /**
             * Format: int32
             * @description The number of downloads so far.
             */
            downloads: number;
            /**
             * Format: date-time
             * @description The time at which the link expires.
             */
            expires_at: string;
            /**
             * Format: uuid
             * @description The id of the user who created the link.
             */
            created_by: null | string;
            /**
             * Format: date-time
             * @description The time at which the link was created.
             */
            created_at: string;
        };
        /**
         * @description The file settings of a tenant, under `/files/settings`.
         * @example {
         *       "refused_types": [
         *         "application/vnd.microsoft.portable-executable",
         *         "video/*"
         *       ]
         *     }
         */
        FileSettingsDocument: {
            /** @description The media types that the tenant does not accept, each like `application/pdf`, or like `video/*` for a whole group. */
            refused_types?: null | string[];
        };
        /**
         * @description The health of this instance.
         * @example {
         *       "status": "ok"
         *     }
         */
        HealthDocument: {
            /** @description `ok`, or `degraded` where a part is unavailable that most requests do not need. */
            status: components["schemas"]["HealthState"];
            /** @description The state of each part. Returned only to callers who may read the metrics. */
            checks?: {
                [key: string]: components["schemas"]["HealthState"];
            };
        };
        /**
         * @description The state of the service or of a part of it, from best to worst.
         * @enum {string}
         */
        HealthState: "ok" | "degraded" | "failed";
        /** @description A permission of a role. */
        HeldPermission: {
            /**
             * Format: uuid
             * @description The permission's id. It is used to remove the permission from the role.
             */
            id: string;
            /** @description The permission's name: `resource:action`. */
            name: string;
            /** @description The name of the parent role that has the permission; null if the role has it itself. */
            from: null | string;
        };
        /**
         * @example {
         *       "email": "ada@example.com",
         *       "first_name": "Ada",
         *       "last_name": "Lovelace",
         *       "phone": "+41791234567",
         *       "locale": "de-CH",
         *       "role": "Manager",
         *       "metadata": null
         *     }
         */
        InviteUserRequest: {
            /**
             * Format: email
             * @description The e-mail address to invite. It is unique in the tenant, whatever its case.
             */
            email: string;
            /** @description The user's first name. The user can change it when accepting the invitation. */
            first_name?: null | string;
            /** @description The user's last name. The user can change it when accepting the invitation. */
            last_name?: null | string;
            /** @description The user's telephone number in E.164 format. */
            phone?: null | string;
            /** @description The language of messages to the user, including the invitation, as a tag (`de-CH`). */
            locale?: null | string;
            /** @description The name of the user's role. The default is `User`. */
            role?: null | string;
            /** @description A JSON object for your own use. */
            metadata?: null | {
                [key: string]: unknown;
            };
        };
        /**
         * @example {
         *       "email": "ada@example.com",
         *       "password": "correct horse battery",
         *       "device_token": null
         *     }
         */
        LoginRequest: {
            /** @description The user's e-mail address. Case does not matter. */
            email: string;
            /** @description The user's password. */
            password: string;
            /**
             * @description The device token of an earlier sign-in on this device. Failed attempts of strangers do not delay a sign-in that
             *     sends it.
             */
            device_token?: null | string;
        };
        /**
         * @example {
         *       "refresh_token": null,
         *       "all_sessions": false
         *     }
         */
        LogoutRequest: {
            /**
             * @description A refresh token. Its session is revoked; without an access token it is the credential. Leave it out in cookie
             *     mode: the cookie contains it.
             */
            refresh_token?: null | string;
            /** @description Whether to revoke all sessions of the user. */
            all_sessions?: null | boolean;
        };
        /**
         * @description The caller's user, with the session, role and permissions of the access token.
         * @example {
         *       "id": "019a8f3e-6c00-7d31-9f2a-6d1c0e5b7a42",
         *       "email": "ada@example.com",
         *       "first_name": "Ada",
         *       "last_name": "Lovelace",
         *       "phone": null,
         *       "locale": "en",
         *       "email_verified": true,
         *       "is_active": true,
         *       "tenant_id": "019a8f3e-5a00-7c10-8e21-0c9d4b3a2f10",
         *       "tenant": {
         *         "id": "019a8f3e-5a00-7c10-8e21-0c9d4b3a2f10",
         *         "slug": "default",
         *         "name": "Default"
         *       },
         *       "role": "Viewer",
         *       "permissions": [
         *         "files:read",
         *         "notifications:read",
         *         "roles:read",
         *         "tenants:read",
         *         "users:read"
         *       ],
         *       "session_id": "019a8f3e-7d00-7a55-b1c2-3d4e5f607182",
         *       "last_login_at": "2026-01-31T08:00:00Z",
         *       "created_at": "2026-01-30T08:00:00Z",
         *       "updated_at": "2026-01-30T08:00:00Z"
         *     }
         */
        MeDocument: {
            /**
             * Format: uuid
             * @description The user's id.
             */
            id: string;
            /** @description The user's e-mail address. */
            email: string;
            /** @description The user's first name. */
            first_name: null | string;
            /** @description The user's last name. */
            last_name: null | string;
            /** @description The user's telephone number in E.164 format. */
            phone: null | string;
            /** @description The language of messages to the user. Null: the language of the tenant. */
            locale: null | string;
            /** @description Whether the user has verified the e-mail address. */
            email_verified: boolean;
            /** @description Whether the user can sign in. */
            is_active: boolean;
            /**
             * Format: uuid
             * @description The id of the user's tenant.
             */
            tenant_id: string;
            /** @description The user's tenant. */
            tenant: components["schemas"]["MeTenant"];
            /** @description The name of the user's highest role. */
            role: string;
            /** @description The user's effective permissions, sorted by name. */
            permissions: string[];
            /**
             * Format: uuid
             * @description The id of the session of this request.
             */
            session_id: string;
            /**
             * Format: date-time
             * @description The time of the last sign-in.
             */
            last_login_at: null | string;
            /**
             * Format: date-time
             * @description The time when the user was created.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description The time of the last change.
             */
            updated_at: string;
        };
        /** @description The tenant of the caller. */
        MeTenant: {
            /**
             * Format: uuid
             * @description The tenant's id.
             */
            id: string;
            /** @description The tenant's slug. */
            slug: string;
            /** @description The tenant's name. */
            name: string;
        };
        /**
         * @description A share link that was created, with its address.
         * @example {
         *       "id": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70902",
         *       "url": "https://api.example.com/api/v1/files/shared?token=tnf_AZqPPo0AfBG",
         *       "has_password": false,
         *       "max_downloads": 3,
         *       "downloads": 0,
         *       "expires_at": "2026-02-01T08:00:00Z",
         *       "created_by": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70002",
         *       "created_at": "2026-01-31T08:00:00Z"
         *     }
         */
        NewFileLinkDocument: {
            /**
             * Format: uuid
             * @description The id of the link.
             */
            id: string;
            /**
             * Format: uri
             * @description The address of the link. Store it: it cannot be read again.
             */
            url: string;
            /** @description Whether the link requires a password. */
            has_password: boolean;
            /**
             * Format: int32
             * @description The number of downloads after which the link ends. Null: it is unlimited.
             */
            max_downloads: null | number;
            /**
             * Format: int32
             * @description The number of downloads so far.
             */
            downloads: number;
            /**
             * Format: date-time
             * @description The time at which the link expires.
             */
            expires_at: string;
            /**
             * Format: uuid
             * @description The id of the user who created the link.
             */
            created_by: string;
            /**
             * Format: date-time
             * @description The time at which the link was created.
             */
            created_at: string;
        };
        NotificationCount: {
            /** @description The channel of the messages. */
            channel: components["schemas"]["Channel"];
            /** @description The status of the messages. */
            status: components["schemas"]["NotificationStatus"];
            /**
             * Format: int64
             * @description The number of messages.
             */
            count: number;
        };
        /**
         * @description A message and its delivery, as the API shows it.
         * @example {
         *       "id": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70819",
         *       "channel": "email",
         *       "recipient": "ada@example.com",
         *       "status": "delivered",
         *       "subject": "Your order 4711",
         *       "body": "It is on its way.",
         *       "html_body": null,
         *       "template_name": "order_sent",
         *       "priority": "normal",
         *       "category": "transactional",
         *       "segments": null,
         *       "country": null,
         *       "user_id": null,
         *       "sent_by": "019a8f3e-6c00-7d31-9f2a-6d1c0e5b7a42",
         *       "attempts": 1,
         *       "error_message": null,
         *       "transport": "smtp",
         *       "provider_id": "019a8f3e8d007c11a2b3c4d5e6f70819@example.com",
         *       "send_at": null,
         *       "next_attempt_at": null,
         *       "sent_at": "2026-01-31T08:00:01Z",
         *       "feedback_at": "2026-01-31T08:00:04Z",
         *       "created_at": "2026-01-31T08:00:00Z"
         *     }
         */
        NotificationDocument: {
            /**
             * Format: uuid
             * @description The id of the message.
             */
            id: string;
            /** @description The channel of the message. */
            channel: components["schemas"]["Channel"];
            /** @description The e-mail address, the telephone number in E.164, or the id of the device. */
            recipient: string;
            /** @description The state of the delivery. */
            status: components["schemas"]["NotificationStatus"];
            /**
             * @description The subject of an e-mail or the title of a push notification. Null where the message contains a one-time link or
             *     code.
             */
            subject: null | string;
            /**
             * @description The body as plain text. Null in lists, where the tenant hides bodies, and where the message contains a one-time link
             *     or code.
             */
            body: null | string;
            /** @description The body as HTML. Null in the same cases as `body`. */
            html_body: null | string;
            /** @description The template that the message was rendered from. */
            template_name: null | string;
            /** @description The priority of the message among the messages of the tenant. */
            priority: components["schemas"]["Priority"];
            /** @description The purpose of the message: `transactional` or `marketing`. */
            category: components["schemas"]["Category"];
            /**
             * Format: int32
             * @description The number of SMS segments that are charged.
             */
            segments: null | number;
            /** @description The country of the telephone number of an SMS (ISO 3166). */
            country: null | string;
            /**
             * Format: uuid
             * @description The user to whom the recipient belongs. Null: the recipient belongs to no user.
             */
            user_id: null | string;
            /**
             * Format: uuid
             * @description The user who sent the message. Null: the service sent it by itself.
             */
            sent_by: null | string;
            /**
             * Format: int32
             * @description The number of delivery attempts.
             */
            attempts: number;
            /**
             * @description The reason of the last failed attempt. For a message with a one-time link or code it contains the provider's code
             *     only.
             */
            error_message: null | string;
            /** @description The transport that sent the message. */
            transport: null | string;
            /** @description The id that the provider gave the message. */
            provider_id: null | string;
            /**
             * Format: date-time
             * @description The earliest time at which the message is sent.
             */
            send_at: null | string;
            /**
             * Format: date-time
             * @description The time of the next attempt, while the message is queued.
             */
            next_attempt_at: null | string;
            /**
             * Format: date-time
             * @description When the provider accepted the message.
             */
            sent_at: null | string;
            /**
             * Format: date-time
             * @description When the provider last reported a delivery, bounce or complaint.
             */
            feedback_at: null | string;
            /**
             * Format: date-time
             * @description When the message was created.
             */
            created_at: string;
        };
        /**
         * @description A tenant's settings for its messages.
         * @example {
         *       "locale": "de-CH",
         *       "redact_bodies": false,
         *       "default_region": "CH",
         *       "sms_countries": [
         *         "CH",
         *         "LI",
         *         "DE",
         *         "AT"
         *       ],
         *       "sms_per_number_per_day": 20,
         *       "sms_per_country_per_day": 1000,
         *       "sms_per_day": 2000
         *     }
         */
        NotificationSettingsDocument: {
            /** @description The language of messages where neither the request nor the recipient determines one, as a language tag. */
            locale: string;
            /** @description Whether the texts of a message are erased after it is sent. */
            redact_bodies?: boolean;
            /** @description The country of telephone numbers that have no country code (ISO 3166). */
            default_region?: null | string;
            /** @description The countries to which the tenant sends SMS. Where it is empty, SMS are sent to the default region only. */
            sms_countries?: null | string[];
            /**
             * Format: int32
             * @description The SMS segments that one telephone number may get in a day (UTC).
             */
            sms_per_number_per_day?: number;
            /**
             * Format: int32
             * @description The SMS segments that the tenant may send to one country in a day (UTC).
             */
            sms_per_country_per_day?: number;
            /**
             * Format: int32
             * @description The SMS segments that the tenant may send in a day (UTC).
             */
            sms_per_day?: number;
        };
        /**
         * @description The state of a message. The first two are in the queue. `delivered`, `bounced` and `complained` are reported by the
         *     receiving side, if it reports at all.
         * @enum {string}
         */
        NotificationStatus: "queued" | "sending" | "sent" | "delivered" | "bounced" | "complained" | "suppressed" | "failed" | "cancelled";
        /**
         * @description Why a user was not invited.
         * @enum {string}
         */
        NotInvited: "not_found" | "has_password" | "deactivated" | "too_soon" | "permissions_exceed_yours";
        /** @description A page of a list. */
        PageOfAuditEventDocument: {
            /** @description The items of the page, at most `limit`. */
            items: components["schemas"]["AuditEventDocument"][];
            /** @description The `cursor` of the next page. Null on the last page. */
            next_cursor: null | string;
        };
        /** @description A page of a list. */
        PageOfAuditHeadDocument: {
            /** @description The items of the page, at most `limit`. */
            items: components["schemas"]["AuditHeadDocument"][];
            /** @description The `cursor` of the next page. Null on the last page. */
            next_cursor: null | string;
        };
        /** @description A page of a list. */
        PageOfDeviceDocument: {
            /** @description The items of the page, at most `limit`. */
            items: components["schemas"]["DeviceDocument"][];
            /** @description The `cursor` of the next page. Null on the last page. */
            next_cursor: null | string;
        };
        /** @description A page of a list. */
        PageOfFileDocument: {
            /** @description The items of the page, at most `limit`. */
            items: components["schemas"]["FileDocument"][];
            /** @description The `cursor` of the next page. Null on the last page. */
            next_cursor: null | string;
        };
        /** @description A page of a list. */
        PageOfFileLinkDocument: {
            /** @description The items of the page, at most `limit`. */
            items: components["schemas"]["FileLinkDocument"][];
            /** @description The `cursor` of the next page. Null on the last page. */
            next_cursor: null | string;
        };
        /** @description A page of a list. */
        PageOfNotificationDocument: {
            /** @description The items of the page, at most `limit`. */
            items: components["schemas"]["NotificationDocument"][];
            /** @description The `cursor` of the next page. Null on the last page. */
            next_cursor: null | string;
        };
        /** @description A page of a list. */
        PageOfPermissionDocument: {
            /** @description The items of the page, at most `limit`. */
            items: components["schemas"]["PermissionDocument"][];
            /** @description The `cursor` of the next page. Null on the last page. */
            next_cursor: null | string;
        };
        /** @description A page of a list. */
        PageOfRoleDocument: {
            /** @description The items of the page, at most `limit`. */
            items: components["schemas"]["RoleDocument"][];
            /** @description The `cursor` of the next page. Null on the last page. */
            next_cursor: null | string;
        };
        /** @description A page of a list. */
        PageOfSessionDocument: {
            /** @description The items of the page, at most `limit`. */
            items: components["schemas"]["SessionDocument"][];
            /** @description The `cursor` of the next page. Null on the last page. */
            next_cursor: null | string;
        };
        /** @description A page of a list. */
        PageOfSuppressionDocument: {
            /** @description The items of the page, at most `limit`. */
            items: components["schemas"]["SuppressionDocument"][];
            /** @description The `cursor` of the next page. Null on the last page. */
            next_cursor: null | string;
        };
        /** @description A page of a list. */
        PageOfSystemTemplateDocument: {
            /** @description The items of the page, at most `limit`. */
            items: components["schemas"]["SystemTemplateDocument"][];
            /** @description The `cursor` of the next page. Null on the last page. */
            next_cursor: null | string;
        };
        /** @description A page of a list. */
        PageOfTemplateDocument: {
            /** @description The items of the page, at most `limit`. */
            items: components["schemas"]["TemplateDocument"][];
            /** @description The `cursor` of the next page. Null on the last page. */
            next_cursor: null | string;
        };
        /** @description A page of a list. */
        PageOfTemplateVersionDocument: {
            /** @description The items of the page, at most `limit`. */
            items: components["schemas"]["TemplateVersionDocument"][];
            /** @description The `cursor` of the next page. Null on the last page. */
            next_cursor: null | string;
        };
        /** @description A page of a list. */
        PageOfTenantDocument: {
            /** @description The items of the page, at most `limit`. */
            items: components["schemas"]["TenantDocument"][];
            /** @description The `cursor` of the next page. Null on the last page. */
            next_cursor: null | string;
        };
        /** @description A page of a list. */
        PageOfUserDocument: {
            /** @description The items of the page, at most `limit`. */
            items: components["schemas"]["UserDocument"][];
            /** @description The `cursor` of the next page. Null on the last page. */
            next_cursor: null | string;
        };
        /**
         * @description A permission that exists in this version.
         * @example {
         *       "id": "019a8f3e-4a00-7e21-a1b2-c3d4e5f60718",
         *       "name": "notifications:send",
         *       "description": "Send e-mail, SMS and push",
         *       "resource": "notifications",
         *       "action": "send"
         *     }
         */
        PermissionDocument: {
            /**
             * Format: uuid
             * @description The permission's id.
             */
            id: string;
            /** @description The permission's name: `resource:action`. */
            name: string;
            /** @description What the permission allows. */
            description: string;
            /** @description The part of the name before the colon, for example `users`. */
            resource: string;
            /** @description The part of the name after the colon, for example `read`. */
            action: string;
        };
        PreviewRoleEffect: {
            /**
             * Format: uuid
             * @description The user's id.
             */
            id: string;
            /** @description The user's e-mail address; null if the caller does not have `users:read`. */
            email: null | string;
            /** @description The names of the permissions that the user would gain. */
            gains: string[];
            /** @description The names of the permissions that the user would lose. */
            loses: string[];
        };
        /**
         * @example {
         *       "parent_id": "019a8f3e-5b00-7e21-a1b2-c3d4e5f60718",
         *       "permissions": [
         *         "users:read"
         *       ]
         *     }
         */
        PreviewRoleRequest: {
            /**
             * Format: uuid
             * @description The id of the parent role that the role would have.
             */
            parent_id?: null | string;
            /** @description The names of the own permissions that the role would have. */
            permissions: string[];
        };
        PreviewRoleResponse: {
            /** @description The users who would gain or lose permissions, `1000` at most. */
            users: components["schemas"]["PreviewRoleEffect"][];
            /**
             * Format: int32
             * @description The number of users who would gain or lose permissions.
             */
            user_count: number;
        };
        /**
         * @example {
         *       "template_vars": {
         *         "order": "4711",
         *         "arrives": "2026-02-02"
         *       },
         *       "locale": "de-CH"
         *     }
         */
        PreviewTemplateRequest: {
            /** @description The values of the template's variables. */
            template_vars?: null | {
                [key: string]: unknown;
            };
            /** @description The language to render. The default is the language of the template. */
            locale?: null | string;
        };
        PreviewTemplateResponse: {
            /** @description The subject or title, in one line. */
            subject: null | string;
            /** @description The body as plain text. */
            body: null | string;
            /** @description The body as HTML. */
            html_body: null | string;
            encoding: null | components["schemas"]["SmsEncoding"];
            /**
             * Format: int32
             * @description The number of SMS segments that are charged.
             */
            segments: null | number;
        };
        /** @enum {string} */
        Priority: "high" | "normal" | "bulk";
        /** @description The body of each response that is not a success (RFC 9457). */
        ProblemDocument: {
            /** @description A stable reference under `/problems/`, which serves a page about the kind of problem. */
            type: string;
            /** @description The kind of problem in a few words, the same in each response. */
            title: string;
            /**
             * Format: int32
             * @description The HTTP status of the response.
             */
            status: number;
            /** @description What was wrong with this request. */
            detail: string;
            /** @description The path of the request. */
            instance: string;
            /** @description The stable code of the kind, for programs. */
            code: string;
            /** @description The W3C trace id, which is also in the log lines of this request. */
            trace_id: string;
            /** @description The messages by JSON member, where members are not valid. */
            errors?: {
                [key: string]: string[];
            };
            /** @description The quota that is used up, where that is the reason. */
            quota?: components["schemas"]["QuotaUse"];
            /**
             * @description The rate limit policy that was exceeded, where that is the reason: `tenant`, `address`, `account`,
             *     `global`.
             */
            policy?: string;
        };
        /** @description The use of a quota. */
        QuotaUse: {
            /** @description The name of the quota, for example `users`. */
            name: string;
            /**
             * Format: int64
             * @description The amount that was used before the request.
             */
            used: number;
            /**
             * Format: int64
             * @description The amount that the tenant may use.
             */
            allowed: number;
        };
        /**
         * @example {
         *       "refresh_token": "tnr_AZqPPmwAfTGfKm0cDlt6QnNob3dzIHdoYXQgaXQgbG9va3MgbGlrZQ"
         *     }
         */
        RefreshRequest: {
            /** @description The refresh token. Leave it out in cookie mode: the cookie contains it. */
            refresh_token?: null | string;
        };
        /**
         * @example {
         *       "token": "fGx9v2mQT0eY:APA91bH",
         *       "name": "Ada's telephone"
         *     }
         */
        RegisterDeviceRequest: {
            /** @description The device token that the application got from APNs or FCM. */
            token: string;
            /** @description A name of the device that the user recognises. */
            name?: null | string;
        };
        /**
         * @example {
         *       "email": "ada@example.com",
         *       "password": "correct horse battery",
         *       "first_name": "Ada",
         *       "last_name": "Lovelace"
         *     }
         */
        RegisterRequest: {
            /**
             * Format: email
             * @description The user's e-mail address. It is unique in the tenant, whatever its case.
             */
            email: string;
            /**
             * Format: password
             * @description The password that the user chooses.
             */
            password: string;
            /** @description The user's first name. */
            first_name: string;
            /** @description The user's last name. */
            last_name?: null | string;
        };
        /**
         * @example {
         *       "status": "active",
         *       "id": "019a8f3e-6c00-7d31-9f2a-6d1c0e5b7a42",
         *       "email": "ada@example.com",
         *       "first_name": "Ada",
         *       "last_name": "Lovelace"
         *     }
         */
        RegisterResponse: {
            /**
             * @description `active`: the user can sign in. `verification_required`: the user must follow the link in the mail
             *     first.
             */
            status: string;
            /**
             * Format: uuid
             * @description The new user's id. Null where verification is required, so that a taken address looks like a free one.
             */
            id: null | string;
            /** @description The e-mail address of the request. */
            email: string;
            /** @description The first name of the request. */
            first_name: string;
            /** @description The last name of the request. */
            last_name: null | string;
        };
        /**
         * @description Who may create an account: everyone, invited people only, or no one.
         * @enum {string}
         */
        Registration: "open" | "invite_only" | "closed";
        /**
         * @example {
         *       "email": "ada.king@example.com",
         *       "password": "correct horse battery"
         *     }
         */
        RequestEmailChangeRequest: {
            /**
             * Format: email
             * @description The new e-mail address.
             */
            email: string;
            /** @description The user's password. Required if the session began more than ten minutes ago. */
            password?: null | string;
        };
        /**
         * @example {
         *       "email": "ada@example.com"
         *     }
         */
        RequestPasswordResetRequest: {
            /**
             * Format: email
             * @description The e-mail address of the account.
             */
            email: string;
        };
        /**
         * @example {
         *       "email": "ada@example.com"
         *     }
         */
        RequestVerificationRequest: {
            /**
             * Format: email
             * @description The e-mail address of the account.
             */
            email: string;
        };
        /**
         * @example {
         *       "user_ids": [
         *         "019a8f3e-6c00-7d31-9f2a-6d1c0e5b7a42"
         *       ]
         *     }
         */
        ResendInvitationsRequest: {
            /** @description The ids of the users, at most 100. */
            user_ids: string[];
        };
        /**
         * @example {
         *       "invited": [
         *         "019a8f3e-6c00-7d31-9f2a-6d1c0e5b7a42"
         *       ],
         *       "skipped": [
         *         {
         *           "id": "019a8f3e-5b00-7e21-a1b2-c3d4e5f60718",
         *           "reason": "has_password"
         *         }
         *       ]
         *     }
         */
        ResendInvitationsResponse: {
            /** @description The ids of the users to whom an invitation is sent. */
            invited: string[];
            /** @description The users who were not invited. */
            skipped: components["schemas"]["ResendInvitationsSkipped"][];
        };
        ResendInvitationsSkipped: {
            /**
             * Format: uuid
             * @description The user's id.
             */
            id: string;
            /** @description Why the user was not invited. */
            reason: components["schemas"]["NotInvited"];
        };
        /**
         * @example {
         *       "token": "tnm_AZqPPmwAfTGfKm0cDlt6QnNob3dzIHdoYXQgaXQgbG9va3MgbGlrZQ",
         *       "new_password": "a longer horse and two batteries"
         *     }
         */
        ResetPasswordRequest: {
            /** @description The token from the mail. */
            token: string;
            /**
             * Format: password
             * @description The password that the user chooses.
             */
            new_password: string;
        };
        /**
         * @description A role.
         * @example {
         *       "id": "019a8f3e-5c00-7e21-a1b2-c3d4e5f60718",
         *       "name": "Support",
         *       "description": "Answers questions",
         *       "is_system_role": false,
         *       "parent_id": "019a8f3e-5b00-7e21-a1b2-c3d4e5f60718",
         *       "permissions": [
         *         {
         *           "id": "019a8f3e-4a00-7e21-a1b2-c3d4e5f60718",
         *           "name": "notifications:send",
         *           "from": null
         *         },
         *         {
         *           "id": "019a8f3e-4b00-7e21-a1b2-c3d4e5f60718",
         *           "name": "users:read",
         *           "from": "Viewer"
         *         }
         *       ],
         *       "created_at": "2026-01-30T08:00:00Z",
         *       "updated_at": "2026-01-30T08:00:00Z"
         *     }
         */
        RoleDocument: {
            /**
             * Format: uuid
             * @description The role's id.
             */
            id: string;
            /** @description The role's name. It is unique in the tenant. */
            name: string;
            /** @description What the role is for. */
            description: null | string;
            /** @description Whether every tenant has this role. System roles cannot be changed. */
            is_system_role: boolean;
            /**
             * Format: uuid
             * @description The parent role's id; null if there is no parent.
             */
            parent_id: null | string;
            /** @description All permissions of the role: its own, and those of its parents. */
            permissions: components["schemas"]["HeldPermission"][];
            /**
             * Format: date-time
             * @description When the role was created.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When the role was last changed.
             */
            updated_at: string;
        };
        /**
         * @description The result of a file's virus scan.
         * @enum {string}
         */
        Scan: "not_scanned" | "pending" | "clean" | "infected" | "unscannable";
        /**
         * @description A message to send: its recipient, and either its texts or a template with values.
         * @example {
         *       "recipient": "ada@example.com",
         *       "template_name": "order_sent",
         *       "template_vars": {
         *         "order": "4711",
         *         "arrives": "2026-02-02"
         *       },
         *       "subject": null,
         *       "body": null,
         *       "html_body": null,
         *       "priority": "normal",
         *       "category": "transactional",
         *       "locale": "de-CH",
         *       "send_at": null
         *     }
         */
        SendMessageRequest: {
            /** @description The e-mail address, the telephone number, or for push notifications the id of a user or device. */
            recipient: string;
            /** @description The template to render, instead of `subject` and bodies. */
            template_name?: null | string;
            /** @description The values of the template's variables. */
            template_vars?: null | {
                [key: string]: unknown;
            };
            /** @description The subject of an e-mail or the title of a push notification. */
            subject?: null | string;
            /** @description The body as plain text. */
            body?: null | string;
            /** @description The HTML body of an e-mail, beside the plain text or instead of it. */
            html_body?: null | string;
            priority?: null | components["schemas"]["Priority"];
            category?: null | components["schemas"]["Category"];
            /**
             * @description The language of the template. The default is the first that exists of: `Accept-Language`, the language of the
             *     recipient, the language of the tenant.
             */
            locale?: null | string;
            /**
             * Format: date-time
             * @description The earliest time to send the message, at most one year from now. The default is now.
             */
            send_at?: null | string;
        };
        /**
         * @description The messages that were queued.
         * @example {
         *       "id": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70819",
         *       "status": "queued",
         *       "ids": [
         *         "019a8f3e-8d00-7c11-a2b3-c4d5e6f70819"
         *       ],
         *       "segments": null
         *     }
         */
        SendMessageResponse: {
            /**
             * Format: uuid
             * @description The id of the message. Where it is sent to several devices, the id of the first one.
             */
            id: string;
            /** @description Always `queued`. */
            status: components["schemas"]["NotificationStatus"];
            /** @description The ids of all messages that were queued. */
            ids: string[];
            /**
             * Format: int32
             * @description The number of SMS segments that are charged.
             */
            segments: null | number;
        };
        /** @description A session of the caller. */
        SessionDocument: {
            /**
             * Format: uuid
             * @description The session's id. Use it to revoke the session.
             */
            id: string;
            /** @description The IP address of the sign-in. */
            address: null | string;
            /** @description The user agent of the sign-in. */
            user_agent: null | string;
            /**
             * Format: date-time
             * @description The time of the sign-in.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description The time of the sign-in or of the last refresh.
             */
            last_used_at: string;
            /**
             * Format: date-time
             * @description The time when the session expires, however much it is used.
             */
            expires_at: string;
            /** @description Whether it is the session of this request. */
            is_current: boolean;
        };
        /** @description The user of a session, with the permissions of the session. */
        SignedInUserDocument: {
            /**
             * Format: uuid
             * @description The user's id.
             */
            id: string;
            /**
             * Format: uuid
             * @description The id of the user's tenant.
             */
            tenant_id: string;
            /** @description The user's e-mail address. */
            email: string;
            /** @description The user's first name. */
            first_name: null | string;
            /** @description The user's last name. */
            last_name: null | string;
            /** @description Whether the user has verified the e-mail address. */
            email_verified: boolean;
            /** @description The name of the user's highest role. */
            role: string;
            /** @description The user's effective permissions, sorted by name. */
            permissions: string[];
        };
        /** @enum {string} */
        SmsEncoding: "gsm7" | "ucs2";
        /**
         * @example {
         *       "file_name": "invoice-4711.pdf",
         *       "file_size": 48213,
         *       "mime_type": "application/pdf",
         *       "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
         *       "metadata": {
         *         "order": "4711"
         *       },
         *       "tags": [
         *         "invoice"
         *       ]
         *     }
         */
        StartDirectUploadRequest: {
            /** @description The file name under which the file is downloaded. */
            file_name: string;
            /**
             * Format: int64
             * @description The exact size of the file in bytes.
             */
            file_size: number;
            /** @description The media type of the file. The service replaces it where the first bytes show another. */
            mime_type?: null | string;
            /** @description The SHA-256 of the whole file, in hexadecimal. */
            sha256: string;
            /** @description A JSON object of the application, stored with the file. */
            metadata?: null | {
                [key: string]: unknown;
            };
            /** @description Tags of the application, by which files can be found. */
            tags?: null | string[];
        };
        /**
         * @example {
         *       "id": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70903",
         *       "expires_at": "2026-01-31T09:00:00Z",
         *       "requests": [
         *         {
         *           "method": "PUT",
         *           "url": "https://files.example.com/019a8f3e-8d00-7c11-a2b3-c4d5e6f70001/0c6f5f4d-1a2b-4c3d-8e9f-a0b1c2d3e4f5?signature=Tm9uZQ",
         *           "headers": {
         *             "Content-Length": "48213"
         *           },
         *           "size": 48213
         *         }
         *       ]
         *     }
         */
        StartDirectUploadResponse: {
            /**
             * Format: uuid
             * @description The id of the upload, with which it is completed or cancelled.
             */
            id: string;
            /**
             * Format: date-time
             * @description The time by which the upload must be completed.
             */
            expires_at: string;
            /** @description The signed requests in the order of their parts. Send each unchanged, with its headers. */
            requests: components["schemas"]["DirectUploadPart"][];
        };
        /**
         * @description The subscription level of a tenant, which decides rate limits and quotas.
         * @enum {string}
         */
        SubscriptionTier: "free" | "standard" | "premium";
        /**
         * @description A suppression, as the API shows it.
         * @example {
         *       "id": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70820",
         *       "channel": "email",
         *       "recipient": "gone@example.com",
         *       "reason": "bounce",
         *       "detail": "smtp; 550 5.1.1 user unknown",
         *       "notification_id": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70819",
         *       "created_at": "2026-01-31T08:00:00Z"
         *     }
         */
        SuppressionDocument: {
            /**
             * Format: uuid
             * @description The id of the suppression.
             */
            id: string;
            /** @description The channel that is suppressed. */
            channel: components["schemas"]["Channel"];
            /** @description The e-mail address or telephone number, in lower case. */
            recipient: string;
            /**
             * @description Why messages are suppressed: `bounce`, `complaint`, `unsubscribe` or `manual`. `bounce` and `complaint` apply to all
             *     messages, `manual` to messages that the tenant sends, and `unsubscribe` to the category `marketing`.
             */
            reason: components["schemas"]["SuppressionReason"];
            /** @description The reason that the receiving mail server or provider reported. */
            detail: null | string;
            /**
             * Format: uuid
             * @description The message that caused the suppression.
             */
            notification_id: null | string;
            /**
             * Format: date-time
             * @description When the suppression was added.
             */
            created_at: string;
        };
        /**
         * @description Why messages to a recipient are suppressed.
         * @enum {string}
         */
        SuppressionReason: "bounce" | "complaint" | "unsubscribe" | "manual";
        /** @description An e-mail that the service sends by itself, with its default text. */
        SystemTemplateDocument: {
            /** @description The name of the template. A tenant's template with this name replaces it. */
            name: string;
            /** @description When the service sends the e-mail. */
            when: string;
            /** @description The default subject, in Liquid. */
            subject: string;
            /** @description The default body as plain text, in Liquid. */
            body: string;
            /** @description The variables that the service fills in, also for a template that replaces it. */
            variables: components["schemas"]["TemplateVariable"][];
            action: null | components["schemas"]["ActionKind"];
        };
        /**
         * @description A template of a tenant, as the API shows it.
         * @example {
         *       "id": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70822",
         *       "name": "order_sent",
         *       "type": "email",
         *       "locale": "en",
         *       "subject": "Your order {{ order }}",
         *       "body": "Your order {{ order }} is on its way.",
         *       "html_body": null,
         *       "translations": {},
         *       "variables": [
         *         {
         *           "name": "order",
         *           "type": "string",
         *           "required": true
         *         }
         *       ],
         *       "is_active": true,
         *       "is_system": false,
         *       "is_security": false,
         *       "problem": null,
         *       "problem_at": null,
         *       "revision": 1,
         *       "created_at": "2026-01-31T08:00:00Z",
         *       "updated_at": "2026-01-31T08:00:00Z"
         *     }
         */
        TemplateDocument: {
            /**
             * Format: uuid
             * @description The id of the template.
             */
            id: string;
            /** @description The name that senders use. */
            name: string;
            /** @description The channel of its messages. */
            type: components["schemas"]["Channel"];
            /** @description The language of the subject and the bodies. */
            locale: string;
            /** @description The subject of an e-mail or the title of a push notification, in Liquid. */
            subject: null | string;
            /** @description The body as plain text, in Liquid. */
            body: null | string;
            /** @description The HTML body of an e-mail, in Liquid. */
            html_body: null | string;
            /** @description The subject and the bodies in other languages, by language tag. */
            translations: {
                [key: string]: components["schemas"]["TemplateTranslation"];
            };
            /** @description The variables of the template. */
            variables: components["schemas"]["TemplateVariable"][];
            /** @description Whether messages can use the template. */
            is_active: boolean;
            /** @description Whether it replaces an e-mail that the service sends by itself. */
            is_system: boolean;
            /**
             * @description Whether it is the text of a security mail, which contains a link or a code. Changing it requires
             *     `templates:security`.
             */
            is_security: boolean;
            /** @description Why the service sends its own text instead of this template. Null: no problem is known. */
            problem: null | string;
            /**
             * Format: date-time
             * @description When the service last sent its own text instead, rounded to the hour.
             */
            problem_at: null | string;
            /**
             * Format: int32
             * @description The number of the current version. Each change adds one.
             */
            revision: number;
            /**
             * Format: date-time
             * @description When the template was created.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When the template was last changed.
             */
            updated_at: string;
        };
        /**
         * @description A template as a client writes it: its texts in Liquid, their translations and variables.
         * @example {
         *       "name": "order_sent",
         *       "type": "email",
         *       "locale": "en",
         *       "subject": "Your order {{ order }}",
         *       "body": "Your order {{ order }} is on its way and arrives on {{ arrives | date: '%d.%m.%Y' }}.",
         *       "text_body": null,
         *       "html_body": null,
         *       "translations": {
         *         "de": {
         *           "subject": "Ihre Bestellung {{ order }}",
         *           "body": "Ihre Bestellung {{ order }} ist unterwegs.",
         *           "text_body": null,
         *           "html_body": null
         *         }
         *       },
         *       "variables": [
         *         {
         *           "name": "order",
         *           "type": "string",
         *           "required": true,
         *           "default": null,
         *           "description": "The number of the order."
         *         },
         *         {
         *           "name": "arrives",
         *           "type": "date",
         *           "required": true,
         *           "default": null,
         *           "description": null
         *         }
         *       ],
         *       "is_active": true
         *     }
         */
        TemplateRequest: {
            /**
             * @description The name that senders use: lower-case letters, digits, `_`, `-` and `.`. The name of a system template replaces that
             *     system template for the tenant. It cannot be changed later.
             */
            name?: null | string;
            type?: null | components["schemas"]["Channel"];
            /** @description The language of the subject and the bodies. Without it, a new template has the language of the tenant. */
            locale?: null | string;
            /** @description The subject of an e-mail or the title of a push notification, in Liquid. */
            subject?: null | string;
            /** @description The body as plain text, in Liquid. */
            body?: null | string;
            /** @description Another name of `body`. Send one of the two. */
            text_body?: null | string;
            /** @description The HTML body of an e-mail, in Liquid. Values are escaped. */
            html_body?: null | string;
            /** @description The subject and the bodies in other languages, by language tag. */
            translations?: null | {
                [key: string]: components["schemas"]["TemplateTranslation"];
            };
            /** @description The variables of the template. Without it, every variable that the texts use is declared and required. */
            variables?: null | components["schemas"]["TemplateVariable"][];
            /** @description Whether messages can use the template. The default is true. */
            is_active?: null | boolean;
        };
        /** @description The texts of a template in one more language. */
        TemplateTranslation: {
            /** @description The subject of an e-mail or the title of a push notification, in Liquid. */
            subject?: null | string;
            /** @description The body as plain text, in Liquid. */
            body?: null | string;
            /** @description Another name of `body`. Send one of the two. */
            text_body?: null | string;
            /** @description The HTML body of an e-mail, in Liquid. Values are escaped. */
            html_body?: null | string;
        };
        /** @description A variable of a template. */
        TemplateVariable: {
            /** @description The name that the texts use: lower-case letters, digits and underscores. */
            name: string;
            /**
             * @description A `date` is RFC 3339, a date or a moment; a `url` is http or https, so that no link runs a
             *         script.
             */
            type?: components["schemas"]["VariableType"];
            /**
             * @description Whether a message without a value is refused.
             * @default true
             */
            required: boolean;
            /** @description The value that is used if none is given. */
            default?: unknown;
            /** @description A description for the sender of a message. */
            description?: null | string;
        };
        /** @description One version of a template's content. */
        TemplateVersionDocument: {
            /**
             * Format: int32
             * @description The number of the version.
             */
            revision: number;
            /** @description The language of the subject and the bodies. */
            locale: string;
            /** @description The subject or title of this version. */
            subject: null | string;
            /** @description The plain text body of this version. */
            body: null | string;
            /** @description The HTML body of this version. */
            html_body: null | string;
            /** @description The translations of this version, by language tag. */
            translations: {
                [key: string]: components["schemas"]["TemplateTranslation"];
            };
            /** @description The variables of this version. */
            variables: components["schemas"]["TemplateVariable"][];
            /**
             * Format: uuid
             * @description The id of the user who wrote this version.
             */
            created_by: null | string;
            /**
             * Format: date-time
             * @description When this version was written.
             */
            created_at: string;
        };
        /**
         * @description A tenant. A deleted tenant is erased after the grace period, and can be restored until then.
         * @example {
         *       "id": "019a8f3e-5a00-7c10-8e21-0c9d4b3a2f10",
         *       "name": "Acme",
         *       "slug": "acme",
         *       "custom_domain": null,
         *       "custom_domain_verified": false,
         *       "subscription_tier": "standard",
         *       "rate_limit_per_minute": null,
         *       "is_active": true,
         *       "registration": "open",
         *       "verification_required": false,
         *       "mail_on_new_device": false,
         *       "session_idle_days": null,
         *       "session_days": null,
         *       "allowed_origins": [
         *         "https://app.acme.example"
         *       ],
         *       "sender_name": "Acme",
         *       "sender_address": "hello@acme.example",
         *       "metadata": {
         *         "crm_id": "4711"
         *       },
         *       "created_at": "2026-01-30T08:00:00Z",
         *       "updated_at": "2026-01-30T08:00:00Z",
         *       "deleted_at": null,
         *       "erasure": null
         *     }
         */
        TenantDocument: {
            /**
             * Format: uuid
             * @description The tenant's id.
             */
            id: string;
            /** @description The tenant's name, as people read it. */
            name: string;
            /** @description The tenant's short name in addresses and headers. It never changes. */
            slug: string;
            /** @description The tenant's own host name; null if there is none. */
            custom_domain: null | string;
            /** @description Whether the tenant has proved that it owns the custom domain. */
            custom_domain_verified: boolean;
            /** @description The tier, which sets rate limits and quotas. */
            subscription_tier: components["schemas"]["SubscriptionTier"];
            /**
             * Format: int32
             * @description The rate limit that replaces the tier's; null if the tier's applies.
             */
            rate_limit_per_minute: null | number;
            /** @description Whether the tenant accepts requests. */
            is_active: boolean;
            /** @description Who can create an account. */
            registration: components["schemas"]["Registration"];
            /** @description Whether users must verify their e-mail address before they sign in. */
            verification_required: boolean;
            /** @description Whether users get an e-mail about a sign-in on a new device. */
            mail_on_new_device: boolean;
            /**
             * Format: int32
             * @description The days after which an unused session ends; null if the platform's setting applies.
             */
            session_idle_days: null | number;
            /**
             * Format: int32
             * @description The days after which every session ends; null if the platform's setting applies.
             */
            session_days: null | number;
            /** @description The browser origins (CORS) that are allowed besides those of the platform. */
            allowed_origins: string[];
            /** @description The sender name of e-mails; null if the platform's is used. */
            sender_name: null | string;
            /** @description The sender address of e-mails; null if the platform's is used. */
            sender_address: null | string;
            /** @description A JSON object for your own use. */
            metadata: {
                [key: string]: unknown;
            };
            /**
             * Format: date-time
             * @description When the tenant was created.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When the tenant was last changed.
             */
            updated_at: string;
            /**
             * Format: date-time
             * @description When the tenant was deleted; null if it is not deleted.
             */
            deleted_at: null | string;
            erasure?: null | components["schemas"]["FailedErasure"];
        };
        /**
         * @description What a tenant uses, with the quotas of its tier.
         * @example {
         *       "as_of": "2026-03-14T09:26:53Z",
         *       "subscription_tier": "standard",
         *       "users": {
         *         "count": 212,
         *         "allowed": 10000
         *       },
         *       "active_users": 208,
         *       "active_sessions": 31,
         *       "messages": {
         *         "count": 340,
         *         "allowed": 100000
         *       },
         *       "files": 87,
         *       "storage_bytes": {
         *         "count": 1204211902,
         *         "allowed": 107374182400
         *       },
         *       "notifications": [
         *         {
         *           "channel": "email",
         *           "status": "sent",
         *           "count": 340
         *         }
         *       ],
         *       "days": [
         *         {
         *           "date": "2026-03-14",
         *           "requests": 15926,
         *           "refusals": 3
         *         }
         *       ]
         *     }
         */
        TenantUsageDocument: {
            /**
             * Format: date-time
             * @description When the values were counted. Requests of the last few seconds can be missing.
             */
            as_of: string;
            /** @description The tier that the quotas belong to. */
            subscription_tier: components["schemas"]["SubscriptionTier"];
            /** @description The number of users. Invited and deactivated users are included. */
            users: components["schemas"]["UsageCount"];
            /**
             * Format: int64
             * @description The number of users who can sign in.
             */
            active_users: number;
            /**
             * Format: int64
             * @description The number of sessions that are neither revoked nor expired.
             */
            active_sessions: number;
            /** @description The messages that the tenant sent this month. Messages of the service itself are not included. */
            messages: components["schemas"]["UsageCount"];
            /**
             * Format: int64
             * @description The number of files.
             */
            files: number;
            /** @description The size of all files in bytes. */
            storage_bytes: components["schemas"]["UsageCount"];
            /** @description The messages of this month by channel and status. Messages of the service itself are included. */
            notifications: components["schemas"]["NotificationCount"][];
            /** @description The requests of each day in UTC, newest first. Days without requests are omitted. */
            days: components["schemas"]["DailyRequests"][];
        };
        /**
         * @description The tokens of a session, as a sign-in and each refresh return them.
         * @example {
         *       "access_token": "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6IjAxOWE4ZjNl...",
         *       "token_type": "Bearer",
         *       "expires_in": 900,
         *       "refresh_token": "tnr_AZqPPmwAfTGfKm0cDlt6QnNob3dzIHdoYXQgaXQgbG9va3MgbGlrZQ",
         *       "refresh_expires_in": 2592000,
         *       "user": {
         *         "id": "019a8f3e-6c00-7d31-9f2a-6d1c0e5b7a42",
         *         "tenant_id": "019a8f3e-5a00-7c10-8e21-0c9d4b3a2f10",
         *         "email": "ada@example.com",
         *         "first_name": "Ada",
         *         "last_name": "Lovelace",
         *         "email_verified": true,
         *         "role": "Viewer",
         *         "permissions": [
         *           "files:read",
         *           "notifications:read",
         *           "roles:read",
         *           "tenants:read",
         *           "users:read"
         *         ]
         *       },
         *       "device_token": "tnd_Qm90aCB0aGUgbG9jayBhbmQgdGhlIGtleSBhcmUgb3Vycy4"
         *     }
         */
        TokenDocument: {
            /** @description The access token, sent with each request: `Authorization: Bearer ...`. */
            access_token: string;
            /** @description Always `Bearer`. */
            token_type: string;
            /**
             * Format: int32
             * @description Seconds until the access token expires.
             */
            expires_in: number;
            /**
             * @description The refresh token. Exchange it once, at `POST auth/refresh`, for a new pair. Store it where scripts cannot read
             *     it. Absent in cookie mode.
             */
            refresh_token?: string;
            /**
             * Format: int32
             * @description Seconds until the refresh token expires.
             */
            refresh_expires_in: number;
            /** @description The signed-in user. */
            user: components["schemas"]["SignedInUserDocument"];
            /**
             * @description Returned by a sign-in on a new device. Store it, and send it at the next sign-in on this device. A cookie in cookie
             *     mode.
             */
            device_token?: string;
            /** @description Cookie mode only. Send it as `X-CSRF-Token` with refresh and logout. */
            csrf_token?: string;
        };
        /**
         * @example {
         *       "token": "tnm_AZqPPmwAfTGfKm0cDlt6QnNob3dzIHdoYXQgaXQgbG9va3MgbGlrZQ"
         *     }
         */
        UndoEmailChangeRequest: {
            /** @description The token from the mail to the former address. */
            token: string;
        };
        /**
         * @example {
         *       "file_name": "invoice-4711-paid.pdf",
         *       "metadata": {
         *         "order": "4711",
         *         "paid": true
         *       },
         *       "tags": [
         *         "invoice",
         *         "paid"
         *       ]
         *     }
         */
        UpdateFileRequest: {
            /** @description The new file name. Omitted: the name stays. */
            file_name?: null | string;
            /** @description The new metadata, which replaces the old. Omitted: the metadata stays. */
            metadata?: null | {
                [key: string]: unknown;
            };
            /** @description The new tags, which replace the old. Omitted: the tags stay. */
            tags?: null | string[];
        };
        /**
         * @example {
         *       "name": "Support",
         *       "description": "Answers questions",
         *       "parent_id": "019a8f3e-5b00-7e21-a1b2-c3d4e5f60718",
         *       "permissions": [
         *         "notifications:send"
         *       ]
         *     }
         */
        UpdateRoleRequest: {
            /** @description The role's name. It is unique in the tenant. */
            name: string;
            /** @description What the role is for. */
            description?: null | string;
            /**
             * Format: uuid
             * @description The parent role's id. The role also has all permissions of its parent.
             */
            parent_id?: null | string;
            /** @description The names of the role's own permissions, besides those of its parent. If omitted, they do not change. */
            permissions?: null | string[];
        };
        /**
         * @example {
         *       "name": "Acme",
         *       "slug": null,
         *       "custom_domain": "app.acme.example",
         *       "subscription_tier": null,
         *       "rate_limit_per_minute": null,
         *       "is_active": null,
         *       "registration": "invite_only",
         *       "verification_required": true,
         *       "mail_on_new_device": true,
         *       "session_idle_days": 7,
         *       "session_days": 30,
         *       "allowed_origins": [
         *         "https://app.acme.example"
         *       ],
         *       "sender_name": "Acme",
         *       "sender_address": "hello@acme.example",
         *       "metadata": {
         *         "crm_id": "4711"
         *       }
         *     }
         */
        UpdateTenantRequest: {
            /** @description The tenant's name, as people read it. */
            name: string;
            /** @description The tenant's slug. It cannot change: if given, it must be the present slug. */
            slug?: null | string;
            /**
             * Format: hostname
             * @description The tenant's own host name. A new one must be verified before it is used. If omitted, it is removed.
             */
            custom_domain?: null | string;
            subscription_tier?: null | components["schemas"]["SubscriptionTier"];
            /**
             * Format: int32
             * @description The rate limit that replaces the tier's. Only the platform can change it. If the platform omits it, the tier's
             *     limit applies.
             */
            rate_limit_per_minute?: null | number;
            /** @description Whether the tenant is active. Only the platform can change it. If omitted, it does not change. */
            is_active?: null | boolean;
            registration?: null | components["schemas"]["Registration"];
            /** @description Whether users must verify their e-mail address before they sign in. If omitted, it does not change. */
            verification_required?: null | boolean;
            /** @description Whether users get an e-mail about a sign-in on a new device. If omitted, it does not change. */
            mail_on_new_device?: null | boolean;
            /**
             * Format: int32
             * @description The days after which an unused session ends. If omitted, the platform's setting applies.
             */
            session_idle_days?: null | number;
            /**
             * Format: int32
             * @description The days after which every session ends. If omitted, the platform's setting applies.
             */
            session_days?: null | number;
            /**
             * @description The browser origins (CORS) that are allowed besides those of the platform. Each has a scheme, a host and an
             *     optional port; a Unicode host is stored as Punycode. If omitted, there are none.
             */
            allowed_origins?: null | string[];
            /** @description The sender name of e-mails. If omitted, the platform's sender name is used. */
            sender_name?: null | string;
            /**
             * Format: email
             * @description The sender address of e-mails. If omitted, the platform's sender address is used.
             */
            sender_address?: null | string;
            /** @description A JSON object for your own use. If omitted, it does not change. */
            metadata?: null | {
                [key: string]: unknown;
            };
        };
        UsageCount: {
            /**
             * Format: int64
             * @description How much the tenant uses.
             */
            count: number;
            /**
             * Format: int64
             * @description The quota of the tier; null if there is no quota.
             */
            allowed: null | number;
        };
        /**
         * @description A user of the tenant.
         * @example {
         *       "id": "019a8f3e-6c00-7d31-9f2a-6d1c0e5b7a42",
         *       "email": "ada@example.com",
         *       "first_name": "Ada",
         *       "last_name": "Lovelace",
         *       "phone": null,
         *       "locale": "en",
         *       "status": "active",
         *       "email_verified": true,
         *       "is_active": true,
         *       "roles": [
         *         {
         *           "id": "019a8f3e-5b00-7e21-a1b2-c3d4e5f60718",
         *           "name": "User"
         *         }
         *       ],
         *       "metadata": {
         *         "department": "Engines"
         *       },
         *       "last_login_at": "2026-01-31T08:00:00Z",
         *       "created_at": "2026-01-30T08:00:00Z",
         *       "updated_at": "2026-01-30T08:00:00Z"
         *     }
         */
        UserDocument: {
            /**
             * Format: uuid
             * @description The user's id.
             */
            id: string;
            /** @description The user's e-mail address. */
            email: string;
            /** @description The user's first name. */
            first_name: null | string;
            /** @description The user's last name. */
            last_name: null | string;
            /** @description The user's telephone number in E.164 format. */
            phone: null | string;
            /** @description The language of messages to the user. Null: the language of the tenant. */
            locale: null | string;
            /** @description Whether the user can sign in, and if not, why not. */
            status: components["schemas"]["UserStatus"];
            /** @description Whether the user has verified the e-mail address. */
            email_verified: boolean;
            /** @description Whether the user is active. A deactivated user cannot sign in. */
            is_active: boolean;
            /** @description The user's roles, sorted by name. */
            roles: components["schemas"]["AssignedRole"][];
            /** @description A JSON object for your own use. `GET auth/me` does not contain it. */
            metadata: {
                [key: string]: unknown;
            };
            /**
             * Format: date-time
             * @description The time of the last sign-in.
             */
            last_login_at: null | string;
            /**
             * Format: date-time
             * @description The time when the user was created.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description The time of the last change.
             */
            updated_at: string;
        };
        /**
         * @description Whether a user can sign in, and if not, why not.
         * @enum {string}
         */
        UserStatus: "active" | "invited" | "unverified" | "deactivated";
        /**
         * @description The type of a template variable.
         * @default any
         * @enum {string}
         */
        VariableType: "any" | "string" | "number" | "boolean" | "date" | "url" | "list" | "object";
        /**
         * @example {
         *       "token": "tnm_AZqPPmwAfTGfKm0cDlt6QnNob3dzIHdoYXQgaXQgbG9va3MgbGlrZQ"
         *     }
         */
        VerifyEmailRequest: {
            /** @description The token from the mail. */
            token: string;
        };
        /** @description The metadata of the issuer, in the form of OpenID Connect Discovery 1.0. */
        WellKnownConfiguration: {
            /** @description The `iss` claim of access tokens. */
            issuer: string;
            /** @description The address of the key set. */
            jwks_uri: string;
            /** @description The signature algorithms of tokens. */
            id_token_signing_alg_values_supported: string[];
            /** @description The supported response types. */
            response_types_supported: string[];
            /** @description The supported subject types. */
            subject_types_supported: string[];
        };
        /** @description The public part of a signing key (RFC 7518, section 6.2). */
        WellKnownKey: {
            /** @description The key type: `EC`. */
            kty: string;
            /** @description The use of the key: `sig`. */
            use: string;
            /** @description The algorithm: `ES256`. */
            alg: string;
            /** @description The key id, as in the header of an access token. */
            kid: string;
            /** @description The curve: `P-256`. */
            crv: string;
            /** @description The x coordinate, base64url. */
            x: string;
            /** @description The y coordinate, base64url. */
            y: string;
        };
        /**
         * @description A JSON Web Key Set (RFC 7517).
         * @example {
         *       "keys": [
         *         {
         *           "kty": "EC",
         *           "use": "sig",
         *           "alg": "ES256",
         *           "kid": "019a8f3e6c007d319f2a6d1c0e5b7a42",
         *           "crv": "P-256",
         *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
         *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
         *         }
         *       ]
         *     }
         */
        WellKnownKeySet: {
            /** @description The public keys of the key ring. */
            keys: components["schemas"]["WellKnownKey"][];
        };
    };
    responses: {
        /** @description The request is not valid */
        Problem400: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description Authentication failed */
        Problem401: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description Permission denied */
        Problem403: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description Not found */
        Problem404: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description Conflict */
        Problem409: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description Payload too large */
        Problem413: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description Unsupported media type */
        Problem415: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description The Idempotency-Key was used for another request */
        Problem422: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description Too many requests */
        Problem429: {
            headers: {
                /** @description Seconds to wait before the next attempt. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description Internal error */
        Problem500: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description A dependency is unavailable */
        Problem503: {
            headers: {
                /** @description Seconds to wait before the next attempt. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description Precondition failed */
        Problem412: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    postAuthRegister: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant's slug or id. Required where the host does not name the tenant. */
                "X-Tenant"?: string;
                /** @description A unique text that the caller creates for each new operation and repeats in each retry. A retry within 24 hours returns the first response and has no further effect. */
                "Idempotency-Key"?: string;
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
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegisterResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postAuthLogin: {
        parameters: {
            query?: never;
            header?: {
                /** @description `bearer` (the default) returns the refresh token in the body; `cookie` sets it as a cookie that scripts cannot read. */
                "X-Session-Mode"?: "bearer" | "cookie";
                /** @description The tenant's slug or id. Required where the host does not name the tenant. */
                "X-Tenant"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postAuthRefresh: {
        parameters: {
            query?: never;
            header?: {
                /** @description In cookie mode: the `csrf_token` that the sign-in or the last refresh returned. */
                "X-CSRF-Token"?: string;
                /** @description The tenant's slug or id. Required where the host does not name the tenant. */
                "X-Tenant"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": null | components["schemas"]["RefreshRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postAuthLogout: {
        parameters: {
            query?: never;
            header?: {
                /** @description In cookie mode: the `csrf_token` that the sign-in or the last refresh returned. */
                "X-CSRF-Token"?: string;
                /** @description The tenant's slug or id. Required where the host does not name the tenant. */
                "X-Tenant"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": null | components["schemas"]["LogoutRequest"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postAuthPasswordChange: {
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
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postAuthVerifyEmail: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant's slug or id. Required where the host does not name the tenant. */
                "X-Tenant"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VerifyEmailRequest"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postAuthVerifyEmailResend: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant's slug or id. Required where the host does not name the tenant. */
                "X-Tenant"?: string;
                /** @description A unique text that the caller creates for each new operation and repeats in each retry. A retry within 24 hours returns the first response and has no further effect. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RequestVerificationRequest"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postAuthPasswordResetRequest: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant's slug or id. Required where the host does not name the tenant. */
                "X-Tenant"?: string;
                /** @description A unique text that the caller creates for each new operation and repeats in each retry. A retry within 24 hours returns the first response and has no further effect. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RequestPasswordResetRequest"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postAuthPasswordReset: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant's slug or id. Required where the host does not name the tenant. */
                "X-Tenant"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResetPasswordRequest"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postAuthAcceptInvitation: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant's slug or id. Required where the host does not name the tenant. */
                "X-Tenant"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcceptInvitationRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postAuthEmailChange: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text that the caller creates for each new operation and repeats in each retry. A retry within 24 hours returns the first response and has no further effect. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RequestEmailChangeRequest"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postAuthEmailChangeConfirm: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant's slug or id. Required where the host does not name the tenant. */
                "X-Tenant"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfirmEmailChangeRequest"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postAuthEmailChangeUndo: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant's slug or id. Required where the host does not name the tenant. */
                "X-Tenant"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UndoEmailChangeRequest"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getAuthSessions: {
        parameters: {
            query?: {
                /** @description The largest number of items to return. */
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfSessionDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteAuthSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteAuthSessionsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The session's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getAuthMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MeDocument"];
                };
            };
            /** @description The caller has the current version (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteAuthMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": null | components["schemas"]["DeleteMeRequest"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    patchAuthMe: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the version that was read. The change is refused if the record has another version. The weak form of a tag (`W/"…"`), as a compressing proxy writes it, is the same version. Without this header the last write wins. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeMeRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MeDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getAuthMeExport: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExportMeResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getTenants: {
        parameters: {
            query?: {
                /** @description Only tenants whose name contains this text. */
                name?: string;
                /** @description Only tenants whose slug begins with this text. */
                slug?: string;
                /** @description Only tenants of this tier: `free`, `standard` or `premium`. */
                tier?: "free" | "standard" | "premium";
                /** @description Only active tenants, or only inactive ones. */
                is_active?: boolean;
                /** @description The largest number of items to return. */
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfTenantDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postTenants: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text that the caller creates for each new operation and repeats in each retry. A retry within 24 hours returns the first response and has no further effect. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateTenantRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getTenantsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The tenant's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantDocument"];
                };
            };
            /** @description The caller has the current version (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    putTenantsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the version that was read. The change is refused if the record has another version. The weak form of a tag (`W/"…"`), as a compressing proxy writes it, is the same version. Without this header the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description The tenant's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateTenantRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteTenantsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the version that was read. The change is refused if the record has another version. The weak form of a tag (`W/"…"`), as a compressing proxy writes it, is the same version. Without this header the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description The tenant's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postTenantsByIdRestore: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the version that was read. The change is refused if the record has another version. The weak form of a tag (`W/"…"`), as a compressing proxy writes it, is the same version. Without this header the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description The tenant's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getTenantsByIdUsage: {
        parameters: {
            query?: {
                /** @description The number of days for which requests are returned. The default is 30. */
                days?: number;
            };
            header?: never;
            path: {
                /** @description The tenant's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantUsageDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getTenantsByIdDomainProof: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The tenant's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DomainProof"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postTenantsByIdVerifyDomain: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the version that was read. The change is refused if the record has another version. The weak form of a tag (`W/"…"`), as a compressing proxy writes it, is the same version. Without this header the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description The tenant's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getUsers: {
        parameters: {
            query?: {
                /** @description Returns the user with this e-mail address, whatever its case. */
                email?: string;
                /** @description Returns users with the role of this name, in any case. */
                role?: string;
                /** @description Returns active (`true`) or deactivated (`false`) users. */
                is_active?: boolean;
                /** @description Returns users of a status: `active`, `invited`, `unverified` or `deactivated`. */
                status?: "active" | "invited" | "unverified" | "deactivated";
                /** @description Returns users who have signed in (`true`), or who have never done so (`false`). */
                has_signed_in?: boolean;
                /** @description Returns users whose address or name contains a text, in any case, with or without accents. */
                q?: string;
                /** @description The largest number of items to return. */
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfUserDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postUsers: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text that the caller creates for each new operation and repeats in each retry. A retry within 24 hours returns the first response and has no further effect. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InviteUserRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postUsersInvitations: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text that the caller creates for each new operation and repeats in each retry. A retry within 24 hours returns the first response and has no further effect. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResendInvitationsRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResendInvitationsResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getUsersById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The user's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserDocument"];
                };
            };
            /** @description The caller has the current version (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    putUsersById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the version that was read. The change is refused if the record has another version. The weak form of a tag (`W/"…"`), as a compressing proxy writes it, is the same version. Without this header the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description The user's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeUserRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteUsersById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the version that was read. The change is refused if the record has another version. The weak form of a tag (`W/"…"`), as a compressing proxy writes it, is the same version. Without this header the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description The user's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postUsersByIdDeactivate: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the version that was read. The change is refused if the record has another version. The weak form of a tag (`W/"…"`), as a compressing proxy writes it, is the same version. Without this header the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description The user's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postUsersByIdActivate: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the version that was read. The change is refused if the record has another version. The weak form of a tag (`W/"…"`), as a compressing proxy writes it, is the same version. Without this header the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description The user's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postUsersByIdRoles: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the version that was read. The change is refused if the record has another version. The weak form of a tag (`W/"…"`), as a compressing proxy writes it, is the same version. Without this header the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description The user's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssignRoleRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteUsersByIdRolesByRoleId: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the version that was read. The change is refused if the record has another version. The weak form of a tag (`W/"…"`), as a compressing proxy writes it, is the same version. Without this header the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description The user's id. */
                id: string;
                /** @description The id of the role. */
                roleId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteUsersByIdSessions: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the version that was read. The change is refused if the record has another version. The weak form of a tag (`W/"…"`), as a compressing proxy writes it, is the same version. Without this header the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description The user's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postUsersByIdInvitation: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text that the caller creates for each new operation and repeats in each retry. A retry within 24 hours returns the first response and has no further effect. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The user's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteUsersByIdInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The user's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getRoles: {
        parameters: {
            query?: {
                /** @description Only the role with this name, in any case. */
                name?: string;
                /** @description Only system roles, or only roles that the tenant created. */
                is_system_role?: boolean;
                /** @description The largest number of items to return. */
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfRoleDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postRoles: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text that the caller creates for each new operation and repeats in each retry. A retry within 24 hours returns the first response and has no further effect. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateRoleRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getRolesById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The role's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleDocument"];
                };
            };
            /** @description The caller has the current version (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    putRolesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the version that was read. The change is refused if the record has another version. The weak form of a tag (`W/"…"`), as a compressing proxy writes it, is the same version. Without this header the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description The role's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateRoleRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteRolesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the version that was read. The change is refused if the record has another version. The weak form of a tag (`W/"…"`), as a compressing proxy writes it, is the same version. Without this header the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description The role's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postRolesByIdPermissions: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the version that was read. The change is refused if the record has another version. The weak form of a tag (`W/"…"`), as a compressing proxy writes it, is the same version. Without this header the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description The role's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddRolePermissionRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteRolesByIdPermissionsByPermissionId: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the version that was read. The change is refused if the record has another version. The weak form of a tag (`W/"…"`), as a compressing proxy writes it, is the same version. Without this header the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description The role's id. */
                id: string;
                /** @description The permission's id. */
                permissionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postRolesByIdPreview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The role's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreviewRoleRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreviewRoleResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getPermissions: {
        parameters: {
            query?: {
                /** @description Only permissions of this resource, for example `users`. */
                resource?: string;
                /** @description The largest number of items to return. */
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfPermissionDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getNotificationsUnsubscribe: {
        parameters: {
            query?: {
                /** @description The token of the unsubscribe link. */
                token?: string;
            };
            header?: {
                /** @description The tenant's slug or id. Required where the host does not name the tenant. */
                "X-Tenant"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postNotificationsUnsubscribe: {
        parameters: {
            query?: {
                /** @description The token of the unsubscribe link. */
                token?: string;
            };
            header?: {
                /** @description The tenant's slug or id. Required where the host does not name the tenant. */
                "X-Tenant"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getFilesShared: {
        parameters: {
            query?: {
                /** @description The token of the share link. */
                token?: string;
            };
            header?: {
                /** @description The tenant's slug or id. Required where the host does not name the tenant. */
                "X-Tenant"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description Found */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postFilesShared: {
        parameters: {
            query?: {
                /** @description The token of the share link. */
                token?: string;
            };
            header?: {
                /** @description The tenant's slug or id. Required where the host does not name the tenant. */
                "X-Tenant"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    /** @description The password of the share link. */
                    password?: string;
                };
            };
        };
        responses: {
            /** @description Found */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getAccessExplain: {
        parameters: {
            query?: {
                /** @description The user's id. */
                user_id?: string;
                /** @description The permission's name, for example `users:read`. */
                permission?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExplainAccessResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postNotificationsEmail: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text that the caller creates for each new operation and repeats in each retry. A retry within 24 hours returns the first response and has no further effect. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendMessageRequest"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SendMessageResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postNotificationsSms: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text that the caller creates for each new operation and repeats in each retry. A retry within 24 hours returns the first response and has no further effect. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendMessageRequest"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SendMessageResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postNotificationsPush: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text that the caller creates for each new operation and repeats in each retry. A retry within 24 hours returns the first response and has no further effect. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendMessageRequest"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SendMessageResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getNotificationsHistory: {
        parameters: {
            query?: {
                /** @description Only messages of this channel: `email`, `sms` or `push`. */
                channel?: "email" | "sms" | "push";
                /** @description Only messages with this status. */
                status?: "queued" | "sending" | "sent" | "delivered" | "bounced" | "complained" | "suppressed" | "failed" | "cancelled";
                /** @description Only messages to this e-mail address, telephone number or device. */
                recipient?: string;
                /** @description Only messages that were rendered from this template. */
                template_name?: string;
                /** @description Only messages of this category: `transactional` or `marketing`. */
                category?: "transactional" | "marketing";
                /** @description Only messages to this user. */
                user_id?: string;
                /** @description Only messages that were created at this time or later. */
                from?: string;
                /** @description Only messages that were created before this time. */
                to?: string;
                /** @description The largest number of items to return. */
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfNotificationDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getNotificationsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the message. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationDocument"];
                };
            };
            /** @description The caller has the current version (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postNotificationsByIdRetry: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text that the caller creates for each new operation and repeats in each retry. A retry within 24 hours returns the first response and has no further effect. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of the message. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postNotificationsByIdCancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the message. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getNotificationsSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationSettingsDocument"];
                };
            };
            /** @description The caller has the current version (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    putNotificationsSettings: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the version that was read. The change is refused if the record has another version. The weak form of a tag (`W/"…"`), as a compressing proxy writes it, is the same version. Without this header the last write wins. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NotificationSettingsDocument"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationSettingsDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postNotificationsFeedbackSns: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant's slug or id. Required where the host does not name the tenant. */
                "X-Tenant"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getNotificationsTemplates: {
        parameters: {
            query?: {
                /** @description Only the template with this name, in any case. */
                name?: string;
                /** @description Only templates of this channel: `email`, `sms` or `push`. */
                type?: "email" | "sms" | "push";
                /** @description Only templates that are active, or only those that are not. */
                is_active?: boolean;
                /** @description The largest number of items to return. */
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfTemplateDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postNotificationsTemplates: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text that the caller creates for each new operation and repeats in each retry. A retry within 24 hours returns the first response and has no further effect. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TemplateRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getNotificationsTemplatesSystem: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfSystemTemplateDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getNotificationsTemplatesById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the template. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateDocument"];
                };
            };
            /** @description The caller has the current version (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    putNotificationsTemplatesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the version that was read. The change is refused if the record has another version. The weak form of a tag (`W/"…"`), as a compressing proxy writes it, is the same version. Without this header the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description The id of the template. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TemplateRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteNotificationsTemplatesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the version that was read. The change is refused if the record has another version. The weak form of a tag (`W/"…"`), as a compressing proxy writes it, is the same version. Without this header the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description The id of the template. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postNotificationsTemplatesByIdPreview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the template. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreviewTemplateRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreviewTemplateResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getNotificationsTemplatesByIdVersions: {
        parameters: {
            query?: {
                /** @description The largest number of items to return. */
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The id of the template. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfTemplateVersionDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postNotificationsTemplatesByIdVersionsByRevisionRestore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the template. */
                id: string;
                /** @description The number of the version to restore. */
                revision: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getNotificationsSuppressions: {
        parameters: {
            query?: {
                /** @description Only suppressions of this channel: `email` or `sms`. */
                channel?: "email" | "sms" | "push";
                /** @description Only suppressions of this e-mail address or telephone number, in any case. */
                recipient?: string;
                /** @description Only suppressions for this reason: `bounce`, `complaint`, `unsubscribe` or `manual`. */
                reason?: "bounce" | "complaint" | "unsubscribe" | "manual";
                /** @description The largest number of items to return. */
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfSuppressionDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postNotificationsSuppressions: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text that the caller creates for each new operation and repeats in each retry. A retry within 24 hours returns the first response and has no further effect. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddSuppressionRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuppressionDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteNotificationsSuppressionsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the suppression. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getNotificationsDevices: {
        parameters: {
            query?: {
                /** @description The largest number of items to return. */
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfDeviceDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postNotificationsDevices: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text that the caller creates for each new operation and repeats in each retry. A retry within 24 hours returns the first response and has no further effect. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RegisterDeviceRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteNotificationsDevicesById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the device. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postFilesUpload: {
        parameters: {
            query?: {
                /** @description The file's metadata as a JSON object, where the body is the file itself. */
                metadata?: string;
                /** @description The file's tags, separated by commas, where the body is the file itself. */
                tags?: string;
            };
            header?: {
                /** @description A unique text that the caller creates for each new operation and repeats in each retry. A retry within 24 hours returns the first response and has no further effect. */
                "Idempotency-Key"?: string;
                /** @description The name of the file, where the body is the file itself: `attachment; filename="invoice.pdf"`. */
                "Content-Disposition"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** @description The file's metadata as a JSON object. It must precede the file. */
                    metadata?: string;
                    /** @description The file's tags, separated by commas. They must precede the file. */
                    tags?: string;
                    /** Format: binary */
                    file: Blob;
                };
                "application/octet-stream": Blob;
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postFilesUploads: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text that the caller creates for each new operation and repeats in each retry. A retry within 24 hours returns the first response and has no further effect. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StartDirectUploadRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartDirectUploadResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postFilesUploadsByIdComplete: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text that the caller creates for each new operation and repeats in each retry. A retry within 24 hours returns the first response and has no further effect. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of the upload. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteFilesUploadsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the upload. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getFiles: {
        parameters: {
            query?: {
                /** @description Only files whose name contains this text, in any case, with or without accents. */
                name?: string;
                /** @description Only files of this media type (`image/png`), or of a group of types (`image/*`). */
                type?: string;
                /** @description Only files that have this tag. */
                tag?: string;
                /** @description Only files that this user has uploaded. */
                user_id?: string;
                /** @description Only files created at this time or later. */
                from?: string;
                /** @description Only files created before this time. */
                to?: string;
                /** @description Only files of at least this size in bytes. */
                min_size?: number;
                /** @description Only files of at most this size in bytes. */
                max_size?: number;
                /** @description The largest number of items to return. */
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfFileDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getFilesSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileSettingsDocument"];
                };
            };
            /** @description The caller has the current version (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    putFilesSettings: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the version that was read. The change is refused if the record has another version. The weak form of a tag (`W/"…"`), as a compressing proxy writes it, is the same version. Without this header the last write wins. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FileSettingsDocument"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileSettingsDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getFilesById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the file. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileDocument"];
                };
            };
            /** @description The caller has the current version (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteFilesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the version that was read. The change is refused if the record has another version. The weak form of a tag (`W/"…"`), as a compressing proxy writes it, is the same version. Without this header the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description The id of the file. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    patchFilesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the version that was read. The change is refused if the record has another version. The weak form of a tag (`W/"…"`), as a compressing proxy writes it, is the same version. Without this header the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description The id of the file. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateFileRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getFilesByIdDownload: {
        parameters: {
            query?: {
                /** @description `false` returns the address in the body instead of a redirect. */
                redirect?: boolean;
                /** @description The lifetime of the address in seconds: 1 to 3600, 300 by default. */
                expires_in?: number;
                /** @description `attachment` (the default) or `inline`. Types that a browser executes are always an attachment. */
                disposition?: "attachment" | "inline";
            };
            header?: never;
            path: {
                /** @description The id of the file. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DownloadFileResponse"];
                };
            };
            /** @description Found */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The caller has the current version (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    headFilesByIdDownload: {
        parameters: {
            query?: {
                /** @description `false` returns the address in the body instead of a redirect. */
                redirect?: boolean;
                /** @description The lifetime of the address in seconds: 1 to 3600, 300 by default. */
                expires_in?: number;
                /** @description `attachment` (the default) or `inline`. Types that a browser executes are always an attachment. */
                disposition?: "attachment" | "inline";
            };
            header?: never;
            path: {
                /** @description The id of the file. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DownloadFileResponse"];
                };
            };
            /** @description Found */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The caller has the current version (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postFilesByIdScan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the file. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getFilesByIdLinks: {
        parameters: {
            query?: {
                /** @description The largest number of items to return. */
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The id of the file. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfFileLinkDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postFilesByIdLinks: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text that the caller creates for each new operation and repeats in each retry. A retry within 24 hours returns the first response and has no further effect. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of the file. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateFileLinkRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewFileLinkDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteFilesLinksById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the link. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getAuditEvents: {
        parameters: {
            query?: {
                /** @description Only events with this action, for example `user.changed`. With a dot at the end (`user.`), all actions that begin with it. */
                action?: string;
                /** @description Only events with this outcome: `success`, `refused` for all refusals, or the code of a refusal. */
                outcome?: string;
                /** @description Only events of this user. */
                actor_id?: string;
                /** @description Only events whose target has this id. */
                target_id?: string;
                /** @description Only events at this time or later. */
                from?: string;
                /** @description Only events before this time. */
                to?: string;
                /** @description The tenant whose log is read. Another tenant than your own needs `platform:audit:read`, and its log records the access. */
                tenant_id?: string;
                /** @description The largest number of items to return. */
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfAuditEventDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getAuditEventsExport: {
        parameters: {
            query?: {
                /** @description Only events with this action, for example `user.changed`. With a dot at the end (`user.`), all actions that begin with it. */
                action?: string;
                /** @description Only events with this outcome: `success`, `refused` for all refusals, or the code of a refusal. */
                outcome?: string;
                /** @description Only events of this user. */
                actor_id?: string;
                /** @description Only events whose target has this id. */
                target_id?: string;
                /** @description Only events at this time or later. */
                from?: string;
                /** @description Only events before this time. */
                to?: string;
                /** @description The tenant whose log is read. Another tenant than your own needs `platform:audit:read`, and its log records the access. */
                tenant_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["AuditEventDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getAuditEventsHeads: {
        parameters: {
            query?: {
                /** @description The tenant whose log is read. Another tenant than your own needs `platform:audit:read`, and its log records the access. */
                tenant_id?: string;
                /** @description The largest number of items to return. */
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfAuditHeadDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getAuditEventsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The event's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEventDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getWellKnownJwksJson: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WellKnownKeySet"];
                };
            };
            400: components["responses"]["Problem400"];
            500: components["responses"]["Problem500"];
        };
    };
    getWellKnownOpenidConfiguration: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WellKnownConfiguration"];
                };
            };
            400: components["responses"]["Problem400"];
            500: components["responses"]["Problem500"];
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getHealthLive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            500: components["responses"]["Problem500"];
        };
    };
    getHealthReady: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
}
