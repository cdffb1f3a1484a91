/// Programs of a small shop, as their teams have written them: `auth` signs, `orders` and `stock` verify.
enum SampleSources {
    static let auth: RuleFixture.Files = [
        "auth/requirements.txt": "fastapi==0.115.0\nPyJWT==2.9.0\n",
        "auth/app/tokens.py": """
        import os
        from datetime import datetime, timedelta, timezone

        import jwt

        JWT_SECRET = os.environ["JWT_SECRET"]


        def issue(user_id: str) -> str:
            now = datetime.now(timezone.utc)
            claims = {"sub": user_id, "iat": now, "exp": now + timedelta(minutes=15)}
            return jwt.encode(claims, JWT_SECRET, algorithm="HS256")
        """,
    ]

    static let orders: RuleFixture.Files = [
        "orders/package.json": #"{"name": "orders", "dependencies": {"express": "4", "jsonwebtoken": "9"}}"#,
        "orders/src/authenticate.js": """
        const jwt = require('jsonwebtoken');

        const secret = process.env.JWT_SECRET;
        if (!secret) {
          throw new Error('JWT_SECRET is not set');
        }

        module.exports = function authenticate(req, res, next) {
          const token = (req.headers.authorization || '').replace('Bearer ', '');
          try {
            req.user = jwt.verify(token, secret, { algorithms: ['HS256'] });
            next();
          } catch (error) {
            res.status(401).json({ error: 'Invalid token' });
          }
        };
        """,
    ]

    static let stock: RuleFixture.Files = [
        "stock/go.mod": "module example.org/shop/stock\n\ngo 1.23\n\nrequire github.com/golang-jwt/jwt/v5 v5.2.1\n",
        "stock/auth.go": """
        package main

        import (
        	"errors"
        	"os"

        	"github.com/golang-jwt/jwt/v5"
        )

        func verify(raw string) (*jwt.Token, error) {
        	secret := os.Getenv("JWT_SECRET")
        	if secret == "" {
        		return nil, errors.New("JWT_SECRET is not set")
        	}
        	return jwt.Parse(raw, func(token *jwt.Token) (any, error) {
        		return []byte(secret), nil
        	}, jwt.WithValidMethods([]string{"HS256"}))
        }
        """,
    ]

    static let all = auth.adding(orders).adding(stock)
}
