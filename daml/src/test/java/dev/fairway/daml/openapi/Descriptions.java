package dev.fairway.daml.openapi;

/** Descriptions of APIs that have something of everything. */
final class Descriptions {
  static final String JIRA = """
      {"swagger": "2.0", "info": {"title": "Jira", "version": "2"}, "host": "jira.example", "basePath": "/rest",
       "paths": {
        "/api/2/applicationrole": {"get": {
          "operationId": "com.atlassian.jira.rest.v2.admin.applicationrole.ApplicationRoleResource.getAllApplicationRoles_get",
          "responses": {
            "401": {"description": "no"}, "default": {"description": "other"}, "5XX": {"description": "broken"},
            "403": {"description": "no"},
            "200": {"schema": {"type": "array", "items": {"$ref": "#/definitions/ApplicationRole"}}}}}},
        "/api/2/issue": {"post": {
          "operationId": "com.atlassian.jira.rest.v2.issue.IssueResource.createIssue_post",
          "parameters": [{"in": "body", "name": "issue", "required": true, "schema": {"type": "object"}}],
          "responses": {"201": {"description": "made"}}}}},
       "definitions": {"ApplicationRole": {"type": "object", "required": ["key"], "properties": {
          "key": {"type": "string"}, "groups": {"type": "array", "items": {"type": "string"}},
          "numberOfSeats": {"type": "integer", "format": "int32"}, "type": {"type": "string"}}}}}
      """;

  static final String SHOP = """
      openapi: 3.1.0
      info: {title: Shop, version: "1"}
      servers: [{url: https://shop.example/v1}]
      paths:
        /items/{item-id}:
          parameters:
            - {name: item-id, in: path, required: true, schema: {type: integer}}
          get:
            parameters:
              - {name: fields, in: query, style: form, explode: false, schema: {type: array, items: {type: string}}}
              - {name: X-Trace, in: header, schema: {type: string}}
            responses:
              "200": {content: {text/html: {}, application/json: {schema: {$ref: '#/components/schemas/Item'}}}}
              4XX: {$ref: '#/components/responses/Problem'}
          put:
            operationId: replace-item
            requestBody:
              required: true
              content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}
            responses: {"204": {description: done}}
        /items/{item-id}/picture:
          get:
            responses: {"200": {content: {image/png: {}}}}
          post:
            requestBody:
              content:
                multipart/form-data:
                  schema: {type: object, required: [file], properties: {file: {type: string, format: binary}, alt: {type: string}}}
            responses: {"200": {description: taken}}
      components:
        responses:
          Problem: {content: {application/problem+json: {schema: {type: object, properties: {title: {type: string}}}}}}
        schemas:
          Base: {type: object, required: [id], properties: {id: {type: string}, made: {type: string, format: date-time}}}
          Item:
            allOf:
              - {$ref: '#/components/schemas/Base'}
              - type: object
                required: [price, parts, shape, colour]
                properties:
                  price: {type: number}
                  on: {type: [string, "null"], format: date}
                  parts: {type: array, items: {$ref: '#/components/schemas/Item'}}
                  tags: {type: object, additionalProperties: {type: integer}}
                  shape: {$ref: '#/components/schemas/Shape'}
                  colour: {type: string, enum: [red, dark-blue, ""]}
                  free: {}
                  where: {type: object, properties: {x: {type: boolean}}}
          Shape:
            oneOf: [{$ref: '#/components/schemas/Circle'}, {type: string}]
            discriminator: {propertyName: kind}
          Circle: {type: object, properties: {radius: {type: number}, kind: {type: string}, inner: {$ref: '#/components/schemas/Shape'}}}
      """;

  private Descriptions() {}
}
