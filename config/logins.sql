-- The database logins of docker-compose.yml, run when its database is made. The owner, who runs the migrations, is there
-- already; the application has one that owns nothing. It makes the scratch databases of rehearsals, so it may.
\set password `cat /run/secrets/database_password`
create role cxworkflow_app nologin;
create role cxworkflow_system nologin in role cxworkflow_app;
create role cxworkflow_web login createdb password :'password' in role cxworkflow_system;
