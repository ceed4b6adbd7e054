import JWTKit
import Core
